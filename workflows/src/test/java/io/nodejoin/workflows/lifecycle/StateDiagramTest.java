package io.nodejoin.workflows.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.workflows.join.NodeJoinWorkflowImpl;
import io.nodejoin.workflows.leave.NodeLeaveWorkflowImpl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares the state diagrams in docs/architecture.md with the code. */
class StateDiagramTest {
    private static final Path PAGE = Path.of("..", "docs", "architecture.md");

    static Stream<Arguments> diagrams() {
        return Stream.of(
                Arguments.of("join", StateDiagram.of(NodeJoinWorkflowImpl.class)),
                Arguments.of("leave", StateDiagram.of(NodeLeaveWorkflowImpl.class)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("diagrams")
    void shouldKeepTheDiagramUpToDate(String name, StateDiagram diagram) throws IOException {
        // given
        Pattern block = Pattern.compile(
                "(?<=<!-- states of a " + name + ", made by StateDiagramTest -->\n```mermaid\n).*?(?=```\n)",
                Pattern.DOTALL);

        // when
        if (Boolean.getBoolean("nodejoin.docs.write")) {
            Files.writeString(
                    PAGE,
                    block.matcher(Files.readString(PAGE)).replaceFirst(Matcher.quoteReplacement(diagram.mermaid())));
        }

        // then
        assertThat(block.matcher(Files.readString(PAGE)).results())
                .as("make it anew: .ci/docs")
                .extracting(result -> result.group())
                .containsExactly(diagram.mermaid());
    }
}
