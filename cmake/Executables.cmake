# The two executables. src/app wires the rooms together: app/cli is saelaw (no LibTorch),
# app/trainer is saelaw-trainer. tests/house and tests/app test the whole.
file(APPEND ${SAELAW_ROOMS_TXT} "app: core jobs tensors tokens models identity sweep fit study dispatch store report orchestrate gpu llm activations sae train\napp/: cli trainer\n")

# saelaw_app(PROGRAM ROOM LIBRARY... [TORCH]): the program of src/app/ROOM and ROOM_test of
# tests/app/ROOM. All of the folder but its main() is a library, so that tests can link it.
function(saelaw_app program room)
  cmake_parse_arguments(APP "TORCH" "" "LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/app/${room}/*.cc)
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  add_library(saelaw_${room} STATIC ${sources})
  target_link_libraries(saelaw_${room} PUBLIC ${APP_LIBRARIES})
  target_compile_definitions(saelaw_${room} PUBLIC SAELAW_VERSION="${PROJECT_VERSION}")
  add_executable(${program} ${PROJECT_SOURCE_DIR}/src/app/${room}/main.cc)
  target_link_libraries(${program} PRIVATE saelaw_${room} CLI11::CLI11)
  file(GLOB tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/app/${room}/*_test.cc)
  set(torch "")
  if(APP_TORCH)
    set(torch TORCH)
  endif()
  saelaw_test(${room}_test ${torch} SOURCES ${tests} LINK saelaw_${room})
endfunction()

saelaw_app(saelaw cli LIBRARIES saelaw_orchestrate)
if(SAELAW_WITH_TORCH)
  saelaw_app(saelaw-trainer trainer TORCH
    LIBRARIES saelaw_train saelaw_identity nlohmann_json::nlohmann_json)
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
  add_executable(saelaw-simulate-bending ${PROJECT_SOURCE_DIR}/analysis/bending/bending_main.cc)
  target_link_libraries(saelaw-simulate-bending PRIVATE saelaw_fit)
  foreach(simulation coverage lr_advice uneven)
    add_executable(saelaw-simulate-${simulation} ${PROJECT_SOURCE_DIR}/analysis/coverage/${simulation}_main.cc)
    # Their worlds are those of smaller simulations among the tests.
    target_include_directories(saelaw-simulate-${simulation} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    target_link_libraries(saelaw-simulate-${simulation} PRIVATE saelaw_fit)
  endforeach()
  set(valleys ${PROJECT_SOURCE_DIR}/analysis/valleys)
  add_executable(saelaw-simulate-valleys ${valleys}/valleys_main.cc ${valleys}/former.cc)
  target_link_libraries(saelaw-simulate-valleys PRIVATE saelaw_fit Eigen3::Eigen)
  add_executable(saelaw-simulate-isoflop ${valleys}/isoflop_main.cc)
  target_link_libraries(saelaw-simulate-isoflop PRIVATE saelaw_fit)
endif()
if(TARGET saelaw_study)
  add_executable(saelaw-simulate-rate_risk ${PROJECT_SOURCE_DIR}/analysis/risk/rate_risk_main.cc)
  target_include_directories(saelaw-simulate-rate_risk PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(saelaw-simulate-rate_risk PRIVATE saelaw_study)
  add_executable(saelaw-advise-refitted ${PROJECT_SOURCE_DIR}/analysis/refitted/advise_main.cc)
  target_link_libraries(saelaw-advise-refitted PRIVATE saelaw_study)
endif()

if(SAELAW_CUDA AND SAELAW_WITH_TORCH)
  include(cmake/Cuda.cmake)
  # Of no use without a GPU, so they need not open LibTorch's CUDA part themselves.
  target_link_libraries(saelaw-gpu-test PRIVATE saelaw_torch_cuda)
  target_link_libraries(saelaw-gpu-bench PRIVATE saelaw_torch_cuda)
endif()
