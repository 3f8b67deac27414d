import torch

from modeling.threads import torch_threads


def test_tiny_computes_with_one_thread_unless_told_otherwise(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        for asked, model, meanwhile in ((0, "tiny", 1), (2, "tiny", 2), (0, "skt/kogpt2-base-v2", 2)):
            with torch_threads(asked, model):
                assert torch.get_num_threads() == meanwhile, (asked, model)
            assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
