"""Vectors whose mean has 0, 0.68 and 0.997 of their mean squared norm train.

Sources: AkihikoWatanabe/paper_notes 5822 (arXiv 2605.31518: outlier dimensions, |mean|/sd, and dead
latents), decoderesearch/SAELens 439 (b_dec from the mean). A tiny Llama whose residual stream has two
dimensions with a large mean: every run was "diverged at step 0" at a share of 0.997.
"""
import array

import small_models
import use_testing


def shifted_model(path, offset):
    made, named, size = small_models.folder(path)
    shape, data = named["model.embed_tokens.weight"]
    values = array.array("f")
    values.frombytes(data)
    for row in range(size):
        for dimension in (3, 17):
            values[row * small_models.HIDDEN + dimension] += offset
    named["model.embed_tokens.weight"] = (shape, values.tobytes())
    small_models.write_safetensors(made / "model.safetensors", named)


def case(use):
    small_models.text_folder(use.folder / "text")
    for offset, bias in ((0, True), (10, True), (100, True), (100, False)):
        name = f"m{offset}{bias}"
        shifted_model(use.folder / name, offset)
        sweep = use_testing.MODEL_SWEEP.format(model=name, text="text", spliced=0,
                                               activations="  hook: resid_post")
        sweep = sweep.replace("layer: 1", "layer: 0").replace(
            "{d_sae: 64}", f"{{d_sae: 256, pre_encoder_bias: {str(bias).lower()}}}")
        sweep = sweep.replace("lr: 4e-3", "lr: 1e-3, evaluations: 10")
        use.write(f"{name}.yaml", sweep)
        ran = use.saelaw("run", f"{name}.yaml", "--db", f"{name}.db")
        use.expect("diverged" not in ran.text, ran.text[-1500:])
        if offset > 0:
            use.expect("warning: the mean of the vectors" in ran.text, ran.text[-1500:])
        results = use.results(f"{name}.db")
        use.expect(len(results) == 2, f"{name}: {len(results)} results: {ran.text[-800:]}")
        for result in results:
            losses = [point["loss"] for point in result["curve"]]
            use.expect(losses[-1] < 0.9 * losses[0], f"{name}: losses {losses}")
