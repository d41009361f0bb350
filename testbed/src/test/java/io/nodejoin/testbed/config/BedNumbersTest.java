package io.nodejoin.testbed.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BedNumbersTest {
    private static final int NUMBER = 20;

    @TempDir
    Path machine;

    private BedNumbers numbers;

    @BeforeEach
    void prepare() throws IOException {
        numbers = new BedNumbers(
                Files.createDirectories(machine.resolve("claims")), Files.createDirectories(machine.resolve("links")));
    }

    @Test
    void shouldRefuseANumberThatAnotherBedHasAndNameThatBed() throws IOException {
        // given
        BedDirectories first = bed("alpha");
        numbers.claim(settings("alpha"), first);

        // when
        Optional<String> obstacle = numbers.obstacle(settings("beta"), new BedDirectories(machine, "beta"));

        // then
        assertThat(obstacle)
                .hasValueSatisfying(line -> assertThat(line)
                        .startsWith("the bed number 20 belongs to bed alpha (" + first.root() + ")")
                        .endsWith("testbed/testbed down --bed alpha"));
        BedDirectories second = bed("beta");
        assertThatThrownBy(() -> numbers.claim(settings("beta"), second)).hasMessageContaining("belongs to bed alpha");
        assertThat(numbers.isForeign(settings("beta"), second)).isTrue();
    }

    @Test
    void shouldLetABedKeepItsNumber() throws IOException {
        // given
        BedDirectories bed = bed("alpha");
        numbers.claim(settings("alpha"), bed);

        // when
        numbers.claim(settings("alpha"), bed);

        // then
        assertThat(numbers.obstacle(settings("alpha"), bed)).isEmpty();
        assertThat(numbers.isForeign(settings("alpha"), bed)).isFalse();
    }

    @Test
    void shouldGiveANumberToTheNextBedOnceItIsGivenBack() throws IOException {
        // given
        BedDirectories first = bed("alpha");
        numbers.claim(settings("alpha"), first);
        numbers.release(settings("alpha"), first);

        // when
        numbers.claim(settings("beta"), bed("beta"));

        // then
        assertThat(numbers.isForeign(settings("alpha"), first)).isTrue();
    }

    @Test
    void shouldNotGiveBackTheNumberOfAnotherBed() throws IOException {
        // given
        numbers.claim(settings("alpha"), bed("alpha"));
        BedDirectories second = bed("beta");

        // when
        numbers.release(settings("beta"), second);

        // then
        assertThat(numbers.isForeign(settings("beta"), second)).isTrue();
    }

    @Test
    void shouldForgetABedWhoseDirectoryIsGone() throws IOException {
        // given
        BedDirectories first = bed("alpha");
        numbers.claim(settings("alpha"), first);
        Files.delete(first.root());

        // when
        BedDirectories second = bed("beta");
        numbers.claim(settings("beta"), second);

        // then
        assertThat(numbers.isForeign(settings("beta"), second)).isFalse();
    }

    @Test
    void shouldRefuseANumberWhoseLinkSomebodyElseHas() throws IOException {
        // given
        Files.createFile(machine.resolve("links/nj20root"));

        // when
        Optional<String> obstacle =
                numbers.obstacle(BedSettings.numbered("beta", NUMBER), new BedDirectories(machine, "beta"));

        // then
        assertThat(obstacle).hasValueSatisfying(line -> assertThat(line).endsWith("ip link delete nj20root"));
    }

    @Test
    void shouldRefuseANumberWhosePortAnotherProgramHas() throws IOException {
        // given
        AddressPlan.Endpoint kafka = new AddressPlan(settings("beta")).kafka();
        try (ServerSocket _ = new ServerSocket(kafka.port(), 1, InetAddress.getByName(kafka.address()))) {

            // when
            Optional<String> obstacle = numbers.obstacle(settings("beta"), new BedDirectories(machine, "beta"));

            // then
            assertThat(obstacle)
                    .hasValueSatisfying(line ->
                            assertThat(line).contains("another program listens on " + kafka + ", which is for Kafka"));
        }
    }

    private BedDirectories bed(String name) throws IOException {
        BedDirectories directories = new BedDirectories(machine, name);
        Files.createDirectories(directories.root());
        return directories;
    }

    private static BedSettings settings(String name) {
        return BedSettings.numbered(name, NUMBER).withMode(BedMode.LOCAL);
    }
}
