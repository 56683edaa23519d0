# pragma version 0.4.3
# pragma evm-version shanghai
"""
@title pUSD of the local chain: what the onramp makes of USDC.e, and the offramp turns back
@license Apache-2.0
"""
from ethereum.ercs import IERC20

implements: IERC20

ONRAMP: constant(address) = 0x93070a847efEf7F70739046A929D47a521F5B8ee
OFFRAMP: constant(address) = 0x2957922Eb93258b93368531d39fAcCA3B4dC5854

balanceOf: public(HashMap[address, uint256])
allowance: public(HashMap[address, HashMap[address, uint256]])
totalSupply: public(uint256)
decimals: public(constant(uint8)) = 6
symbol: public(constant(String[8])) = "pUSD"


@external
def transfer(to: address, amount: uint256) -> bool:
    self._move(msg.sender, to, amount)
    return True


@external
def transferFrom(owner: address, to: address, amount: uint256) -> bool:
    allowed: uint256 = self.allowance[owner][msg.sender]
    if allowed != max_value(uint256):
        self.allowance[owner][msg.sender] = allowed - amount
    self._move(owner, to, amount)
    return True


@external
def approve(spender: address, amount: uint256) -> bool:
    self.allowance[msg.sender][spender] = amount
    log IERC20.Approval(owner=msg.sender, spender=spender, value=amount)
    return True


@external
def mint(to: address, amount: uint256):
    assert msg.sender == ONRAMP, "only the onramp mints"
    self.totalSupply += amount
    self.balanceOf[to] += amount
    log IERC20.Transfer(sender=empty(address), receiver=to, value=amount)


@external
def burn(owner: address, amount: uint256):
    assert msg.sender == OFFRAMP, "only the offramp burns"
    self.totalSupply -= amount
    self.balanceOf[owner] -= amount
    log IERC20.Transfer(sender=owner, receiver=empty(address), value=amount)


@internal
def _move(owner: address, to: address, amount: uint256):
    self.balanceOf[owner] -= amount
    self.balanceOf[to] += amount
    log IERC20.Transfer(sender=owner, receiver=to, value=amount)
