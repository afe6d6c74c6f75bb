from precompute.inputs.images import ImageInputs
from precompute.inputs.load import BUILTIN, check_inputs, load_inputs
from precompute.inputs.reader import Inputs, InputsKind
from precompute.inputs.text import TextInputs

__all__ = ["BUILTIN", "ImageInputs", "Inputs", "InputsKind", "TextInputs", "check_inputs", "load_inputs"]
