# pragma version 0.4.3
# pragma evm-version shanghai
"""
@title Offramp of the local chain: pUSD in, as many USDC.e out of what was wrapped
@license Apache-2.0
"""
from ethereum.ercs import IERC20

interface Collateral:
    def burn(owner: address, amount: uint256): nonpayable

USDC_E: constant(address) = 0x2791Bca1f2de4661ED88A30C99A7a9449Aa84174
COLLATERAL: constant(address) = 0xC011a7E12a19f7B1f670d46F03B03f3342E82DFB


@external
def unwrap(asset: address, to: address, amount: uint256):
    assert asset == USDC_E, "only USDC.e comes out"
    extcall IERC20(COLLATERAL).transferFrom(msg.sender, self, amount)
    extcall Collateral(COLLATERAL).burn(self, amount)
    extcall IERC20(USDC_E).transfer(to, amount)
