# pragma version 0.4.3
# pragma evm-version shanghai
"""
@title Collateral adapter of the local chain: split, merge and redeem through the real
       conditional-tokens contract
@license Apache-2.0
@notice Serves as the standard and as the neg-risk adapter. Conversion pays as the venue's documents
        say: NO of a set of outcomes becomes YES of all others and dollars for all but one of them.
"""
from ethereum.ercs import IERC20

interface ConditionalTokens:
    def splitPosition(collateral: address, parent: bytes32, condition: bytes32, partition: DynArray[uint256, 2], amount: uint256): nonpayable
    def mergePositions(collateral: address, parent: bytes32, condition: bytes32, partition: DynArray[uint256, 2], amount: uint256): nonpayable
    def redeemPositions(collateral: address, parent: bytes32, condition: bytes32, index_sets: DynArray[uint256, 2]): nonpayable
    def getCollectionId(parent: bytes32, condition: bytes32, index_set: uint256) -> bytes32: view
    def balanceOf(owner: address, id: uint256) -> uint256: view
    def safeTransferFrom(owner: address, to: address, id: uint256, amount: uint256, data: Bytes[1]): nonpayable

CTF: constant(address) = 0x4D97DCd97eC945f40cF65F87097ACe5EA0476045
COLLATERAL: constant(address) = 0xC011a7E12a19f7B1f670d46F03B03f3342E82DFB
MOST_OUTCOMES: constant(uint256) = 32

outcomes: HashMap[bytes32, DynArray[bytes32, MOST_OUTCOMES]]


@external
def register(market: bytes32, conditions: DynArray[bytes32, MOST_OUTCOMES]):
    """
    @notice Say which conditions make a neg-risk event; the venue's operator does it.
    """
    assert len(self.outcomes[market]) == 0, "registered"
    self.outcomes[market] = conditions


@external
def splitPosition(collateral: address, parent: bytes32, condition: bytes32, partition: DynArray[uint256, 2], amount: uint256):
    extcall IERC20(COLLATERAL).transferFrom(msg.sender, self, amount)
    self._split(condition, amount)
    extcall ConditionalTokens(CTF).safeTransferFrom(self, msg.sender, self._token(condition, 1), amount, b"")
    extcall ConditionalTokens(CTF).safeTransferFrom(self, msg.sender, self._token(condition, 2), amount, b"")


@external
def mergePositions(collateral: address, parent: bytes32, condition: bytes32, partition: DynArray[uint256, 2], amount: uint256):
    self._take(condition, 1, amount)
    self._take(condition, 2, amount)
    extcall ConditionalTokens(CTF).mergePositions(COLLATERAL, empty(bytes32), condition, [1, 2], amount)
    extcall IERC20(COLLATERAL).transfer(msg.sender, amount)


@external
def redeemPositions(collateral: address, parent: bytes32, condition: bytes32, index_sets: DynArray[uint256, 2]):
    before: uint256 = staticcall IERC20(COLLATERAL).balanceOf(self)
    for index_set: uint256 in [1, 2]:
        token: uint256 = self._token(condition, index_set)
        held: uint256 = staticcall ConditionalTokens(CTF).balanceOf(msg.sender, token)
        if held > 0:
            extcall ConditionalTokens(CTF).safeTransferFrom(msg.sender, self, token, held, b"")
    extcall ConditionalTokens(CTF).redeemPositions(COLLATERAL, empty(bytes32), condition, [1, 2])
    paid: uint256 = staticcall IERC20(COLLATERAL).balanceOf(self) - before
    extcall IERC20(COLLATERAL).transfer(msg.sender, paid)


@external
def convertPositions(market: bytes32, index_set: uint256, amount: uint256):
    conditions: DynArray[bytes32, MOST_OUTCOMES] = self.outcomes[market]
    assert len(conditions) > 1, "no such event"
    given: uint256 = 0
    for place: uint256 in range(len(conditions), bound=MOST_OUTCOMES):
        if index_set & (1 << place) != 0:
            self._take(conditions[place], 2, amount)
            given += 1
    assert given > 0, "no outcome named"
    for place: uint256 in range(len(conditions), bound=MOST_OUTCOMES):
        if index_set & (1 << place) == 0:
            self._split(conditions[place], amount)
            extcall ConditionalTokens(CTF).safeTransferFrom(self, msg.sender, self._token(conditions[place], 1), amount, b"")
    extcall IERC20(COLLATERAL).transfer(msg.sender, (given - 1) * amount)


@external
@view
def tokenOf(condition: bytes32, index_set: uint256) -> uint256:
    return self._token(condition, index_set)


@external
def onERC1155Received(operator: address, sender: address, id: uint256, amount: uint256, data: Bytes[64]) -> bytes4:
    return method_id("onERC1155Received(address,address,uint256,uint256,bytes)", output_type=bytes4)


@external
def onERC1155BatchReceived(operator: address, sender: address, ids: DynArray[uint256, 2], amounts: DynArray[uint256, 2], data: Bytes[64]) -> bytes4:
    return method_id("onERC1155BatchReceived(address,address,uint256[],uint256[],bytes)", output_type=bytes4)


@external
@view
def supportsInterface(id: bytes4) -> bool:
    return id in [0x01ffc9a7, 0x4e2312e0]


@internal
def _split(condition: bytes32, amount: uint256):
    extcall IERC20(COLLATERAL).approve(CTF, amount)
    extcall ConditionalTokens(CTF).splitPosition(COLLATERAL, empty(bytes32), condition, [1, 2], amount)


@internal
def _take(condition: bytes32, index_set: uint256, amount: uint256):
    token: uint256 = self._token(condition, index_set)
    extcall ConditionalTokens(CTF).safeTransferFrom(msg.sender, self, token, amount, b"")


@internal
@view
def _token(condition: bytes32, index_set: uint256) -> uint256:
    collection: bytes32 = staticcall ConditionalTokens(CTF).getCollectionId(empty(bytes32), condition, index_set)
    return convert(keccak256(concat(convert(COLLATERAL, bytes20), collection)), uint256)
