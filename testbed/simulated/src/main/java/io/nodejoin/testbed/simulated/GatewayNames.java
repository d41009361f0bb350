package io.nodejoin.testbed.simulated;

import io.nodejoin.testbed.config.AddressPlan;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.config.BedSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.stream.Stream;

/**
 * Resolves, in a program with simulated hosts, the name of a wide bed's gateways to all their addresses, as a DNS server does, and every
 * other name as the machine does.
 */
public final class GatewayNames extends InetAddressResolverProvider {
    private static final AddressPlan PLAN =
            new AddressPlan(BedSettings.named("wide").withMode(BedMode.LOCAL));

    @Override
    public String name() {
        return "gateway names of the test bed";
    }

    @Override
    public InetAddressResolver get(Configuration configuration) {
        InetAddressResolver machine = configuration.builtinResolver();
        return new InetAddressResolver() {
            @Override
            public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
                return host.equals(AddressPlan.GATEWAY_NAME)
                        ? PLAN.numbers()
                                .mapToObj(replica -> InetAddress.ofLiteral(
                                        PLAN.gateway(replica).address()))
                        : machine.lookupByName(host, policy);
            }

            @Override
            public String lookupByAddress(byte[] address) throws UnknownHostException {
                return machine.lookupByAddress(address);
            }
        };
    }
}
