package io.nodejoin.protocol.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Retry;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.LifecycleEventType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The pages under docs/reference that are made from this module. */
class ReferenceTest {
    private static final Path REFERENCE = Path.of("..", "docs", "reference");
    private static final String MADE = "Made from the code by `.ci/docs`.\n\n";

    @Test
    void shouldKeepThePageOfErrorCodesUpToDate() throws IOException {
        // given
        String rows = Arrays.stream(ErrorCode.values())
                .map(code -> "| [`%s`](#%s) | %s | %s | %s |\n"
                        .formatted(code, anchor(code), code.meaning(), reasonClass(code), words(code.retry())))
                .collect(Collectors.joining());
        String sections =
                Arrays.stream(ErrorCode.values()).map(ReferenceTest::section).collect(Collectors.joining());

        // when
        String page = "# Error codes\n\n" + MADE + """
                A code says why a join, or a step of it, failed. It is the `reason` of `failed` and `rejected` events, and the
                same word in the CLI, in metrics, in logs and in the search attribute `NodeJoinReason`. Codes are stable; later
                versions may add some. *Again* says who repeats it: the join itself, or the sender by a new request once the
                fix is applied. [Troubleshooting](../troubleshooting.md) begins with what you see instead.

                | code | meaning | class | again |
                |---|---|---|---|
                """ + rows + sections;

        // then
        assertUpToDate("error-codes.md", page);
    }

    @Test
    void shouldKeepThePageOfEventsUpToDate() throws IOException {
        // given
        StringBuilder page = new StringBuilder("# Join events\n\n" + MADE + EventsPage.introduction());

        // when
        for (LifecycleEventType type : LifecycleEventType.values()) {
            page.append(section(type));
        }

        // then
        assertUpToDate("events.md", page.toString());
    }

    @ParameterizedTest
    @EnumSource
    void shouldTestEachErrorCodeThatIsProduced(ErrorCode code) {
        // when
        ErrorCodeUsage use = ErrorCodeUsage.find(code);

        // then
        assertThat(use.tests().isEmpty())
                .as("%s is produced in %s and expected in %s", code, use.modules(), use.tests())
                .isEqualTo(use.modules().isEmpty());
    }

    private static String section(ErrorCode code) {
        return """

                ## %s

                %s. Class %s; again: %s.

                - **Check:** %s
                - **Fix:** %s
                - **Test:** %s
                """.formatted(
                        code,
                        sentence(code.meaning()),
                        reasonClass(code),
                        words(code.retry()),
                        code.check().replace("<", "&lt;"),
                        code.remedy(),
                        shownBy(ErrorCodeUsage.find(code)));
    }

    private static String sentence(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    private static String reasonClass(ErrorCode code) {
        return GoldenFiles.MAPPER.valueToTree(code.reasonClass()).asText();
    }

    /** As renderers of Markdown derive it from the heading. */
    private static String anchor(ErrorCode code) {
        return code.name().toLowerCase(Locale.ROOT);
    }

    private static String shownBy(ErrorCodeUsage use) {
        return use.modules().isEmpty()
                ? "none: the code is reserved and does not occur yet"
                : use.tests().stream()
                        .map(test -> "[%s](../%s)"
                                .formatted(test.getFileName().toString().replace(".java", ""), test))
                        .findFirst()
                        .orElse("");
    }

    private static String words(Retry retry) {
        return switch (retry) {
            case AUTO -> "inside the join";
            case AUTO_THEN_NEW -> "inside the join, then by a new request";
            case AUTO_THEN_NO -> "inside the join, then no";
            case NEW -> "by a new request";
            case NO -> "no";
        };
    }

    private static String section(LifecycleEventType type) throws JsonProcessingException {
        JsonNode schema = GoldenFiles.MAPPER.readTree(GoldenFiles.readSchema(type));
        Set<String> required = new HashSet<>();
        schema.path("required").forEach(member -> required.add(member.asText()));
        StringBuilder section =
                new StringBuilder("\n## `%s`\n\n%s %s\n\n".formatted(type.cloudEventType(), topic(type), text(schema)));
        section.append("| member | required | meaning |\n|---|---|---|\n");
        for (Map.Entry<String, JsonNode> member : schema.path("properties").properties()) {
            section.append("| `%s` | %s | %s |\n"
                    .formatted(
                            member.getKey(),
                            required.contains(member.getKey()) ? "yes" : "no",
                            meaning(schema, member.getValue())));
        }
        return section + "\n```json\n" + GoldenFiles.readEvent(type) + "```\n";
    }

    private static String topic(LifecycleEventType type) {
        return LifecycleEvent.Request.class.isAssignableFrom(type.dataClass())
                ? "On the requests topic."
                : "On the events topic.";
    }

    private static String meaning(JsonNode schema, JsonNode member) {
        String reference = member.path("$ref").asText();
        JsonNode definition = schema.path("$defs").path(reference.substring(reference.lastIndexOf('/') + 1));
        return member.has("description") ? text(member) : text(definition);
    }

    private static String text(JsonNode schema) {
        return schema.path("description").asText().replace("<", "&lt;").replace("|", "\\|");
    }

    private static void assertUpToDate(String name, String page) throws IOException {
        Path file = REFERENCE.resolve(name);
        if (Boolean.getBoolean("nodejoin.docs.write")) {
            Files.createDirectories(REFERENCE);
            Files.writeString(file, page);
        }
        assertThat(file).as("make it anew: .ci/docs").hasContent(page);
    }
}
