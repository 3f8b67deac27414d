"""The facts of a checkpoint in, its README out (a model card as the hub reads it)."""

from collections.abc import Mapping
from typing import Any

from modeling.licence import KOGPT2_LICENCE, SCRATCH_LICENCE


def model_card(facts: Mapping[str, Any]) -> str:
    """The README of a checkpoint folder."""
    options = facts["options"]
    licence = facts["licence"]
    # The hub knows a list of licences by their short names; all else is "other" there.
    short = KOGPT2_LICENCE.lower() if licence == KOGPT2_LICENCE else "other"
    return f"""---
language: ko
license: {short}
library_name: transformers
pipeline_tag: text-generation
---

# {facts["run"]} on {facts["model"]}

A Korean dialogue model, trained by Mundap. {_rights(licence)}

| fact | value |
|---|---|
| run | {facts["run"]} |
| started from | {facts["model"]} |
| dataset | {facts["dataset"]["name"]}, content id {facts["dataset"]["content_id"]} |
| recipe | {facts["dataset"]["recipe_name"]} {facts["dataset"]["recipe_version"]} |
| format, label mode | {options["format"]}, {options["label_mode"]} |
| steps, seconds | {facts["steps"]}, {facts["seconds"]:.0f} |
| parameters | {facts["parameters"]:,} |
| code version | {facts.get("code_version", "unknown")} |

Load it with transformers 5 or newer:

```python
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

model = AutoModelForCausalLM.from_pretrained("FOLDER")
tokenizer = PreTrainedTokenizerFast.from_pretrained("FOLDER")
```

It repeats what people wrote on the web and may be wrong, rude or made up. It is no help in a crisis:
자살예방상담 109, 청소년 1388.
"""


def _rights(licence: str) -> str:
    if licence == SCRATCH_LICENCE:
        return "Trained from scratch: the rights in the training text decide, see the dataset's card."
    if licence == KOGPT2_LICENCE:
        return "Fine-tuned from KoGPT2 (skt/kogpt2-base-v2), whose licence CC-BY-NC-SA 4.0 passes on to this model."
    return f"For the rights in these weights {licence}. The rights in the training text are told by the dataset's card."
