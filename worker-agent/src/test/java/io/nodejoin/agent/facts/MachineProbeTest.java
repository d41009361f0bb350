package io.nodejoin.agent.facts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.agent.host.FakeHost;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.host.SocketHostNetwork;
import io.nodejoin.protocol.agent.MachineFacts;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineProbeTest {
    private FakeHost host;

    @BeforeEach
    void boot(@TempDir Path root) {
        host = new FakeHost(root);
        host.directory("sys/devices/system/cpu");
        host.directory("sys/devices/virtual/dmi/id");
    }

    private MachineFacts facts(String architecture) {
        HostPorts ports = host.parts();
        HostProbe probe = new HostProbe(ports, new KubeletBinary(ports.commands(), ports.files()));
        return new MachineProbe(ports, probe, architecture).machineFacts();
    }

    @Test
    void shouldTellWhatAMachineHas() {
        // given
        host.text("/sys/devices/system/cpu/online", "0-15\n");
        host.text("/proc/meminfo", "MemTotal:       65849864 kB\nMemFree:          100000 kB\n");
        host.text("/sys/devices/virtual/dmi/id/product_uuid", "4c4c4544-0042-3510-8051-b4c04f4d4d32\n");
        host.answer("stat", "9000000 4096 122512094 900000 1000000 /var/lib\n");
        host.network().addAddresses(List.of("10.0.3.12", "fd00:3::12"));

        // when
        MachineFacts facts = facts("amd64");

        // then
        assertThat(facts)
                .isEqualTo(new MachineFacts(
                        "amd64",
                        16,
                        67430260736L,
                        501809537024L,
                        List.of("10.0.3.12", "fd00:3::12"),
                        "4c4c4544-0042-3510-8051-b4c04f4d4d32"));
    }

    @ParameterizedTest
    @CsvSource({"'0', 1", "'0-3,6,8-9', 7", "'', 1"})
    void shouldCountTheCpusThatAreOnline(String online, int cpus) {
        // given
        host.text("/sys/devices/system/cpu/online", online + "\n");

        // when
        MachineFacts facts = facts("amd64");

        // then
        assertThat(facts.cpus()).isEqualTo(cpus);
    }

    @ParameterizedTest
    @CsvSource({"amd64, amd64", "aarch64, arm64", "s390x, s390x"})
    void shouldNameTheArchitectureAsKubernetesDoes(String java, String kubernetes) {
        // when
        MachineFacts facts = facts(java);

        // then
        assertThat(facts.architecture()).isEqualTo(kubernetes);
    }

    @Test
    void shouldTellOfAMachineWithoutFirmwareAndDiskSize() {
        // given
        host.answer("stat", "stat: cannot read file system information\n");

        // when
        MachineFacts facts = facts("amd64");

        // then
        assertThat(facts.systemUuid()).isNull();
        assertThat(facts.diskBytes()).isZero();
        assertThat(facts.cpus()).isEqualTo(1);
    }

    @Test
    void shouldTellTheFirstAddressesOnly() {
        // given
        List<String> addresses =
                IntStream.range(0, 20).mapToObj(last -> "10.0.0." + last).toList();
        host.network().addAddresses(addresses);

        // when
        MachineFacts facts = facts("amd64");

        // then
        assertThat(facts.addresses()).isEqualTo(addresses.subList(0, 8));
    }

    @Test
    void shouldNotGuessTheMemory() {
        // given
        host.text("/proc/meminfo", "MemFree:          100000 kB\n");

        // when
        ThrowingCallable probe = () -> facts("amd64");

        // then
        assertThatThrownBy(probe).isInstanceOf(HostException.class).hasMessageContaining("/proc/meminfo");
    }

    @Test
    void shouldFindGlobalAddressesOfThisMachineOnly() {
        // when
        List<String> addresses =
                new SocketHostNetwork(host.parts().files(), _ -> OptionalInt.empty()).globalAddresses();

        // then
        assertThat(addresses)
                .doesNotHaveDuplicates()
                .map(InetAddress::ofLiteral)
                .noneMatch(InetAddress::isLoopbackAddress)
                .noneMatch(InetAddress::isLinkLocalAddress);
    }
}
