// Data may change between planning and training, so it is compared with the job's when it is
// opened, and once more when the rest of a language model is loaded.
#include "app/trainer/checked_source.h"

#include <utility>

#include <ATen/core/Tensor.h>

#include "identity/data_identity.h"

namespace saelaw {
namespace {

// Passes everything on. Only the layers after the hook are loaded after the opening, so that is
// where the files are looked at again, the first time only.
class CheckedSource : public ActivationSource {
 public:
  CheckedSource(DataWatch watch, std::unique_ptr<ActivationSource> source)
      : watch_(std::move(watch)), source_(std::move(source)) {}

  std::int64_t d_in() const override { return source_->d_in(); }
  std::int64_t training_tokens() const override { return source_->training_tokens(); }
  std::unique_ptr<ActivationStream> OpenStream(std::uint64_t stream_seed,
                                               std::int64_t batch_tokens,
                                               std::int64_t first_batch) override {
    return source_->OpenStream(stream_seed, batch_tokens, first_batch);
  }
  const HeldOutVectors& HeldOut() override { return source_->HeldOut(); }
  const SplicedModel* Spliced() override {
    const SplicedModel* spliced = source_->Spliced();
    if (!std::exchange(loaded_all_, true)) watch_.CheckUntouched();
    return spliced;
  }
  std::string TextIdentity() const override { return source_->TextIdentity(); }

 private:
  DataWatch watch_;
  std::unique_ptr<ActivationSource> source_;
  bool loaded_all_ = false;
};

}  // namespace

std::unique_ptr<ActivationSource> OpenChecked(const SourceSpec& spec,
                                              const SourceOptions& options) {
  // The watch begins before the files are opened, so that it also sees what changes meanwhile.
  DataWatch watch(spec, options.cache_folder);
  std::unique_ptr<ActivationSource> source = OpenSource(spec, options);
  // The text is compared as it was really loaded, and not by its files, which may have changed
  // since.
  watch.CheckLoaded(source->TextIdentity());
  return std::make_unique<CheckedSource>(std::move(watch), std::move(source));
}

}  // namespace saelaw
