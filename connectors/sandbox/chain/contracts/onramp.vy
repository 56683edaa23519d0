# pragma version 0.4.3
# pragma evm-version shanghai
"""
@title Onramp of the local chain: USDC.e in, as many pUSD out
@license Apache-2.0
"""
from ethereum.ercs import IERC20

interface Collateral:
    def mint(to: address, amount: uint256): nonpayable

USDC_E: constant(address) = 0x2791Bca1f2de4661ED88A30C99A7a9449Aa84174
COLLATERAL: constant(address) = 0xC011a7E12a19f7B1f670d46F03B03f3342E82DFB
OFFRAMP: constant(address) = 0x2957922Eb93258b93368531d39fAcCA3B4dC5854


@external
def wrap(asset: address, to: address, amount: uint256):
    assert asset == USDC_E, "only USDC.e is wrapped"
    extcall IERC20(USDC_E).transferFrom(msg.sender, OFFRAMP, amount)
    extcall Collateral(COLLATERAL).mint(to, amount)
