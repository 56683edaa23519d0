"""Wallets, ids, calls and relayed transactions (PROTOCOL.md sections 0, 1 and 10)."""

from collections.abc import Callable, Mapping
from typing import Any

from api.vectors.case import Runner, equal
from connectors.polymarket import calldata, position_ids
from connectors.polymarket.calldata import Call
from connectors.polymarket.relayer import proxy_signature, safe_signature, wallet_signature
from connectors.polymarket.signer import Signer
from connectors.polymarket.wallets import wallets_of

Inputs = Mapping[str, Any]

CALLS: dict[str, Callable[[Inputs], Call]] = {
    "erc20_approve": lambda i: calldata.approve(i["token"], i["spender"], int(i["amount"])),
    "erc20_transfer": lambda i: calldata.transfer(i["token"], i["recipient"], int(i["amount"])),
    "erc1155_set_approval_for_all": lambda i: calldata.set_approval_for_all(
        i["token"], i["operator"], i["approved"]
    ),
    "ctf_split": lambda i: calldata.split_ctf(
        i["target"], i["collateral"], i["condition_id"], int(i["amount"])
    ),
    "ctf_merge": lambda i: calldata.merge_ctf(
        i["target"], i["collateral"], i["condition_id"], int(i["amount"])
    ),
    "ctf_redeem": lambda i: calldata.redeem_ctf(i["target"], i["collateral"], i["condition_id"]),
    "router_split": lambda i: calldata.split_router(
        i["router"], i["condition_id"], int(i["amount"])
    ),
    "router_merge": lambda i: calldata.merge_router(
        i["router"], i["condition_id"], int(i["amount"])
    ),
    "router_redeem": lambda i: calldata.redeem_router(
        i["router"], i["condition_id"], i["outcome_index"], int(i["amount"])
    ),
}


def _call(i: Inputs) -> object:
    call = CALLS[i["op"]](i)
    return {"to": call.to, "value": call.value, "data": call.data}


def _wallets(i: Inputs) -> object:
    found = wallets_of(i["owner"])
    return {
        "proxy": found.proxy,
        "safe": found.safe,
        "deposit_wallet_uups": found.deposit_uups,
        "deposit_wallet_beacon": found.deposit_beacon,
    }


def _position(i: Inputs) -> object:
    asset = i["asset_id"]
    answer: dict[str, object] = {"is_v2_position_id": position_ids.is_structured(asset)}
    try:
        found = position_ids.decode(asset)
    except position_ids.PositionIdError as error:
        answer["decode_error"] = f"UserInputError: {error}"
    else:
        answer["decoded"] = {"condition_id": found.condition_id, "outcome_index": found.outcome}
    return answer


def _relayed(i: Inputs) -> object:
    signer, nonce = Signer.from_text(i["private_key"]), int(i["nonce"])
    if i["kind"] == "WALLET":
        calls = [Call(each["target"], each["data"], each["value"]) for each in i["calls"]]
        deadline = int(i["deadline"])
        signature = wallet_signature(signer, i["wallet"], calls, nonce, deadline, i["chain_id"])
        return {"signature": signature}
    call = Call(i["to"], i["data"], i.get("value", 0))
    if i["kind"] == "SAFE":
        signature = safe_signature(signer, i["safe"], call, i["operation"], nonce, i["chain_id"])
        return {"signature": signature}
    gas = (int(i[name]) for name in ("gas_limit", "gas_price", "relayer_fee"))
    found, signature = proxy_signature(signer, call, nonce, i["relay_hub"], i["relay"], *gas)
    return {"hash": found, "signature": signature}


RUNNERS: dict[str, Runner] = {
    "onchain_calldata": equal(_call),
    "wallet_addresses": equal(_wallets),
    "position_ids": equal(_position),
    "relayer_signatures": equal(_relayed),
}
