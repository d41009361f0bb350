package io.nodejoin.testbed.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.config.AddressPlan;
import io.nodejoin.testbed.config.BedDirectories;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.pki.BedPki;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ComponentArgumentsTest {

    @ParameterizedTest
    @EnumSource
    void shouldPassNoFlagTwice(BedMode mode) {
        // given
        AddressPlan plan = new AddressPlan(BedSettings.named("bench").withMode(mode));
        BedDirectories directories = new BedDirectories(Path.of("/nowhere"), "bench");
        BedPki pki = new BedPki(directories, plan, Clock.systemUTC(), new SecureRandom());
        ComponentArguments arguments = new ComponentArguments(plan, directories, pki);

        // when
        List<List<String>> all =
                List.of(arguments.etcd(), arguments.apiServer(), arguments.controllerManager(), arguments.scheduler());

        // then
        assertThat(all).allSatisfy(flags -> assertThat(names(flags)).doesNotHaveDuplicates());
    }

    private static Stream<String> names(List<String> flags) {
        return flags.stream().map(flag -> flag.split("=", 2)[0]);
    }
}
