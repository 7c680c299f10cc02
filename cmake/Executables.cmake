# The two executables. src/app wires the rooms together: app/cli is saelaw (no LibTorch),
# app/trainer is saelaw-trainer. tests/house and tests/app test the whole.
file(APPEND ${SAELAW_ROOMS_TXT} "app: core jobs tensors tokens models identity sweep fit study dispatch store report orchestrate gpu llm activations sae train\napp/: cli trainer\n")

file(GLOB cli_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/app/cli/*.cc)
if(cli_sources)
  add_executable(saelaw ${cli_sources})
  target_link_libraries(saelaw PRIVATE saelaw_orchestrate CLI11::CLI11)
  target_compile_definitions(saelaw PRIVATE SAELAW_VERSION="${PROJECT_VERSION}")
  set(cli ${PROJECT_SOURCE_DIR}/src/app/cli)
  saelaw_test(cli_test SOURCES ${PROJECT_SOURCE_DIR}/tests/app/terminal_watcher_test.cc
    ${cli}/terminal_watcher.cc ${cli}/messages.cc LINK saelaw_orchestrate)
endif()

if(SAELAW_WITH_TORCH)
  file(GLOB trainer_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/app/trainer/*.cc)
  if(trainer_sources)
    add_executable(saelaw-trainer ${trainer_sources})
    target_link_libraries(saelaw-trainer PRIVATE saelaw_train saelaw_identity CLI11::CLI11 nlohmann_json::nlohmann_json)
    target_compile_definitions(saelaw-trainer PRIVATE SAELAW_VERSION="${PROJECT_VERSION}")
    saelaw_test(trainer_test TORCH SOURCES ${PROJECT_SOURCE_DIR}/tests/app/cuda_library_test.cc
      ${PROJECT_SOURCE_DIR}/src/app/trainer/cuda_library.cc LINK saelaw_train)
  endif()
endif()

file(GLOB house_tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/house/*_test.cc)
if(house_tests)
  saelaw_test(house_test SOURCES ${house_tests} LINK saelaw_jobs saelaw_core)
endif()

# The tokenizer alone, for scripts/check-tokenizer-parity.
if(TARGET saelaw_tokens)
  add_executable(saelaw-tokenize ${PROJECT_SOURCE_DIR}/tests/tokens/tokenize_main.cc)
  target_link_libraries(saelaw-tokenize PRIVATE saelaw_tokens)
endif()

# The language model's forward pass alone, for scripts/check-llm-parity.
if(TARGET saelaw_llm)
  add_executable(saelaw-llm-activations ${PROJECT_SOURCE_DIR}/tests/llm/parity_main.cc)
  target_link_libraries(saelaw-llm-activations PRIVATE saelaw_llm)
endif()

# The SAE's loss and gradients alone, for scripts/check-sae-parity.
if(TARGET saelaw_sae)
  add_executable(saelaw-sae-gradients ${PROJECT_SOURCE_DIR}/tests/sae/parity_main.cc)
  target_include_directories(saelaw-sae-gradients PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(saelaw-sae-gradients PRIVATE saelaw_sae nlohmann_json::nlohmann_json)
endif()

# Published laws refitted (a test), and how often intervals and advice hold, by simulation.
if(TARGET saelaw_fit)
  add_executable(saelaw-refit-published ${PROJECT_SOURCE_DIR}/analysis/published/refit_main.cc)
  target_link_libraries(saelaw-refit-published PRIVATE saelaw_fit)
  add_test(NAME published_laws COMMAND saelaw-refit-published ${PROJECT_SOURCE_DIR}/analysis/published)
  foreach(simulation coverage lr_advice)
    add_executable(saelaw-simulate-${simulation} ${PROJECT_SOURCE_DIR}/analysis/coverage/${simulation}_main.cc)
    target_link_libraries(saelaw-simulate-${simulation} PRIVATE saelaw_fit)
  endforeach()
endif()

if(SAELAW_CUDA AND SAELAW_WITH_TORCH)
  include(cmake/Cuda.cmake)
  # Of no use without a GPU, so they need not open LibTorch's CUDA part themselves.
  target_link_libraries(saelaw-gpu-test PRIVATE saelaw_torch_cuda)
  target_link_libraries(saelaw-gpu-bench PRIVATE saelaw_torch_cuda)
endif()
