package io.nodejoin.testbed.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.config.AddressPlan;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.process.Command;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A bridge takes the lowest hardware address of its ports, and whoever talks to it then loses it for half a minute. */
class BedNetworkIT {
    private static final List<Integer> HOSTS = List.of(11, 12, 13, 14, 15, 16);

    private static final Pattern HARDWARE_ADDRESS = Pattern.compile("(?<=link/ether )[0-9a-f:]+");

    private final AddressPlan plan = new AddressPlan(BedSettings.numbered("nettest", 17));
    private final BedNetwork network = new BedNetwork(plan);

    @BeforeEach
    void raise() {
        assumeTrue(TestBed.unavailableReason(BedMode.NAMESPACES).isEmpty(), "needs root and namespaces");
        network.tearDown();
        network.create();
    }

    @AfterEach
    void tearDown() {
        HOSTS.forEach(number -> network.disconnectHost(host(number), number));
        network.tearDown();
    }

    @Test
    void shouldKeepTheBridgesHardwareAddressWhenHostsComeAndGo() {
        // given
        Set<String> seen = new HashSet<>(Set.of(bridgeAddress()));

        // when
        for (int number : HOSTS) {
            network.connectHost(host(number), number);
            seen.add(bridgeAddress());
        }
        for (int number : HOSTS) {
            network.disconnectHost(host(number), number);
            seen.add(bridgeAddress());
        }

        // then
        assertThat(seen).containsExactly(plan.bridgeHardwareAddress());
    }

    private static String host(int number) {
        return "h" + number;
    }

    private String bridgeAddress() {
        String shown = Command.of(network.controlPlane().enterCommand(List.of("ip", "link", "show", "dev", "br0")))
                .run()
                .orFail()
                .output();
        return HARDWARE_ADDRESS
                .matcher(shown)
                .results()
                .findFirst()
                .orElseThrow()
                .group();
    }
}
