# pragma version 0.4.3
# pragma evm-version shanghai
"""
@title Exchange of the local chain: the operator settles what the venue has matched
@license Apache-2.0
@notice Tokens against dollars between two who have approved it. Orders are not verified here: the
        sandbox venue does that, as the real operator does before the contract does it again.
"""
from ethereum.ercs import IERC20

interface ConditionalTokens:
    def safeTransferFrom(owner: address, to: address, id: uint256, amount: uint256, data: Bytes[1]): nonpayable

CTF: constant(address) = 0x4D97DCd97eC945f40cF65F87097ACe5EA0476045
COLLATERAL: constant(address) = 0xC011a7E12a19f7B1f670d46F03B03f3342E82DFB
OPERATOR: constant(address) = 0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf

settled: public(HashMap[bytes32, bool])


@external
def settle(match: bytes32, buyer: address, seller: address, token: uint256, shares: uint256, dollars: uint256):
    assert msg.sender == OPERATOR, "only the operator settles"
    assert not self.settled[match], "settled already"
    self.settled[match] = True
    extcall IERC20(COLLATERAL).transferFrom(buyer, seller, dollars)
    extcall ConditionalTokens(CTF).safeTransferFrom(seller, buyer, token, shares, b"")
