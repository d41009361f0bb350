package io.nodejoin.testbed.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.config.AddressPlan;
import io.nodejoin.testbed.config.BedDirectories;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.process.Parallel;
import io.nodejoin.testbed.provision.AgentPackage;
import io.nodejoin.testbed.provision.Progress;
import io.nodejoin.testbed.provision.Provisioner;
import io.nodejoin.testbed.provision.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostsTest {
    private static final int MANY = 200;

    @Test
    void shouldRemoveManyAtTheSameTime(@TempDir Path state) throws IOException {
        // given
        BedDirectories directories = new BedDirectories(state, "crowded");
        Hosts hosts = hosts(directories, state);
        Files.createDirectories(directories.hostNumbers());
        for (int number = 0; number < MANY; number++) {
            Files.createSymbolicLink(
                    directories.hostNumbers().resolve(Integer.toString(number)), Path.of("host-" + number));
        }

        // when
        Parallel.run(IntStream.range(0, MANY)
                .<Supplier<String>>mapToObj(number -> () -> {
                    hosts.remove("host-" + number);
                    return "host-" + number;
                })
                .toList());

        // then
        assertThat(directories.hostNumbers()).isEmptyDirectory();
    }

    private static Hosts hosts(BedDirectories directories, Path state) {
        SourceTree sourceTree = SourceTree.locate();
        return new Hosts(
                new AddressPlan(BedSettings.numbered("crowded", 5)),
                directories,
                new Provisioner(sourceTree, state.resolve("cache"), Progress.onStandardError(), Map.of()),
                new AgentPackage(sourceTree, state));
    }
}
