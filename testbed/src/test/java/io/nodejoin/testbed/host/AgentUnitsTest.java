package io.nodejoin.testbed.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.provision.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A bed enables every unit that has an [Install] section; the package names those that it enables. */
class AgentUnitsTest {
    private static final Path MODULE = SourceTree.locate().module("agent-package");

    @Test
    void shouldEnableTheSameUnitsAsThePackage() throws IOException {
        // given
        Matcher loop = Pattern.compile("for unit in (.+); do")
                .matcher(Files.readString(MODULE.resolve("src/main/deb/postinst")));
        assertThat(loop.find()).isTrue();

        // when
        List<String> installable = new ArrayList<>();
        try (Stream<Path> units = Files.list(MODULE.resolve("src/main/files/usr/lib/systemd/system"))) {
            for (Path unit : units.toList()) {
                if (Files.readString(unit).contains("[Install]")) {
                    installable.add(unit.getFileName().toString());
                }
            }
        }

        // then
        assertThat(installable).containsExactlyInAnyOrder(loop.group(1).split(" "));
    }
}
