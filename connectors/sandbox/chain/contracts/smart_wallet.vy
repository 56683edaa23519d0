# pragma version 0.4.3
# pragma evm-version shanghai
"""
@title A wallet that a relayer moves, of the local chain
@license Apache-2.0
@notice Stands where a proxy, a Safe or a deposit wallet of the venue would. The sandbox' relayer has
        verified the owner's signature; the nonce makes each batch take effect once.
"""
MOST_CALLS: constant(uint256) = 16
MOST_BYTES: constant(uint256) = 1024
RELAYER: constant(address) = 0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF

nonce: public(uint256)


@external
def execute(nonce: uint256, targets: DynArray[address, MOST_CALLS], calls: DynArray[Bytes[MOST_BYTES], MOST_CALLS]):
    assert msg.sender == RELAYER, "only the relayer executes"
    assert nonce == self.nonce, "another nonce is next"
    self.nonce += 1
    for place: uint256 in range(len(targets), bound=MOST_CALLS):
        raw_call(targets[place], calls[place])


@external
def onERC1155Received(operator: address, sender: address, id: uint256, amount: uint256, data: Bytes[64]) -> bytes4:
    return method_id("onERC1155Received(address,address,uint256,uint256,bytes)", output_type=bytes4)


@external
@view
def supportsInterface(id: bytes4) -> bool:
    return id in [0x01ffc9a7, 0x4e2312e0]
