package io.nodejoin.agentpackage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassListTest {
    private static final Path LIST = Path.of("src/main/classes/agent.txt");
    /** What is loaded differs a little by the machine and by luck; a newer JDK or Jackson makes more of a difference. */
    private static final double COVERED = 0.95;

    @TempDir
    Path directory;

    @Test
    void shouldListTheClassesThatAnAgentLoads() throws IOException, InterruptedException {
        // given
        List<String> loaded = new ClassLoadRecording(directory).record();
        if (Boolean.getBoolean("nodejoin.docs.write")) {
            Files.write(LIST, loaded);
        }

        // when
        Set<String> listed = new HashSet<>(Files.readAllLines(LIST));

        // then
        assertThat(loaded.stream().filter(listed::contains).count())
                .as("make it anew: ./mvnw -pl agent-package -am test -Dtest=ClassListTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dnodejoin.docs.write=true")
                .isGreaterThan(Math.round(loaded.size() * COVERED));
    }
}
