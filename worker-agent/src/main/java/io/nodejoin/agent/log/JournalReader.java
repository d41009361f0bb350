package io.nodejoin.agent.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.agent.host.CommandResult;
import io.nodejoin.agent.host.CommandRunner;
import io.nodejoin.agent.wire.JsonMappers;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the journal of the units that a join concerns, through {@code journalctl}. */
final class JournalReader {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final List<String> UNITS = List.of(
            "kubelet.service", "containerd.service", "docker.service", "cri-docker.service", "nodejoin-agent.service");

    private final CommandRunner commands;
    private final JsonMapper json = JsonMappers.tolerant();

    JournalReader(CommandRunner commands) {
        this.commands = commands;
    }

    /**
     * Returns the newest entries, oldest first.
     *
     * @param after only those after the entry with this cursor; null means all
     * @param limit the maximum number of entries
     * @return empty if the journal cannot be read, or knows the cursor no longer
     */
    Optional<List<JournalEntry>> read(@Nullable String after, int limit) {
        List<String> command = new ArrayList<>(List.of(
                "journalctl",
                "--no-pager",
                "-q",
                "-o",
                "json",
                "--output-fields=MESSAGE,_SYSTEMD_UNIT,UNIT",
                "-n",
                Integer.toString(limit)));
        UNITS.forEach(unit -> command.addAll(List.of("-u", unit)));
        if (after != null) {
            command.add("--after-cursor=" + after);
        }
        CommandResult result = commands.run(command, TIMEOUT);
        return switch (result) {
            case CommandResult.Exited(int code, String output) ->
                code == 0 ? Optional.of(parse(output)) : Optional.empty();
            // Of an output that is cut, the lines that are whole are read, and the next call reads on behind them.
            case CommandResult.Truncated(int _, String output) -> Optional.of(parse(output));
            case CommandResult.TimedOut _, CommandResult.NotStarted _ -> Optional.empty();
        };
    }

    private List<JournalEntry> parse(String output) {
        return output.lines().flatMap(line -> parseEntry(line).stream()).toList();
    }

    private Optional<JournalEntry> parseEntry(String line) {
        try {
            JsonNode entry = json.readTree(line);
            String cursor = entry.path("__CURSOR").asText();
            return cursor.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new JournalEntry(
                            cursor,
                            Instant.EPOCH.plus(
                                    entry.path("__REALTIME_TIMESTAMP").asLong(), ChronoUnit.MICROS),
                            // systemd writes of a unit under its own name.
                            entry.path("UNIT")
                                    .asText(entry.path("_SYSTEMD_UNIT").asText()),
                            message(entry.path("MESSAGE"))));
        } catch (JsonProcessingException _) {
            return Optional.empty();
        }
    }

    /** A message that is not plain text comes as an array of its bytes, and one that is too long as null. */
    private static String message(JsonNode message) {
        if (!message.isArray()) {
            return message.isTextual() ? message.asText() : "[a message that is too long for the journal's export]";
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        message.forEach(value -> bytes.write(value.asInt()));
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
