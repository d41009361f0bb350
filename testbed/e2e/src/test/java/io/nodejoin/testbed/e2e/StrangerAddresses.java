package io.nodejoin.testbed.e2e;

import io.nodejoin.testbed.config.AddressPlan;
import io.nodejoin.testbed.net.BedNetwork;
import io.nodejoin.testbed.net.NetworkNamespace;
import java.util.List;
import java.util.stream.IntStream;

/** Network namespaces in a bed's network, each with an address of its own, from the highest one down. */
final class StrangerAddresses implements AutoCloseable {
    private final BedNetwork network;
    private final List<NetworkNamespace> namespaces;

    StrangerAddresses(AddressPlan plan, int count) {
        this.network = new BedNetwork(plan);
        this.namespaces = IntStream.range(0, count)
                .mapToObj(number -> network.connectHost(name(number), AddressPlan.LAST_HOST - number))
                .toList();
    }

    List<NetworkNamespace> namespaces() {
        return namespaces;
    }

    private static String name(int stranger) {
        return "stranger-" + stranger;
    }

    @Override
    public void close() {
        IntStream.range(0, namespaces.size())
                .forEach(number -> network.disconnectHost(name(number), AddressPlan.LAST_HOST - number));
    }
}
