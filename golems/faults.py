"""What a model raises: whether a row, the memory or the machine is at fault."""

from __future__ import annotations

TOO_LARGE = "The row is too large for the memory of this device."


def reason(error: Exception) -> str:
    """Why a row failed inside the model, in a sentence."""
    if is_out_of_memory(error):
        return TOO_LARGE
    first_line = (str(error).strip().splitlines() or ["no message"])[0]
    return f"The model failed on this row ({type(error).__name__}: {first_line[:200]})."


def is_out_of_memory(error: Exception) -> bool:
    """One predicate for cuda, mps and cpu, as accelerate has it."""
    text = str(error)
    return isinstance(error, MemoryError) or any(
        sign in text
        for sign in (
            "out of memory",
            "DefaultCPUAllocator: can't allocate memory",
            "CUBLAS_STATUS_ALLOC_FAILED",
        )
    )


def is_device_fault(error: BaseException) -> bool:
    """After these the device can't be used again in this process; a retry would only hide it."""
    text = str(error)
    return any(
        sign in text
        for sign in (
            "illegal memory access",
            "device-side assert",
            "unspecified launch failure",
            "misaligned address",
            "illegal instruction was encountered",
            "uncorrectable ECC error",
            "no CUDA-capable device",
        )
    )


def is_no_rows_fault(error: BaseException) -> bool:
    """Whether the machine failed: the next row would fail too, and none must be blamed."""
    # A row is handed over with its content, so whatever the system refuses isn't the row's.
    machine = isinstance(error, OSError) and error.errno is not None
    return machine or is_device_fault(error)


def free_memory() -> None:
    """Hand back what a failed batch left behind."""
    import gc

    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
