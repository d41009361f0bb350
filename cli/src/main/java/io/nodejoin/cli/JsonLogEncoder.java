package io.nodejoin.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One JSON object a line, in the vocabulary of events and metrics: time, level, logger, thread, message, and where they are
 * known cluster, node, join, activity, attempt, run, stack. Other keys are those that a line of the log names itself.
 */
public final class JsonLogEncoder extends EncoderBase<ILoggingEvent> {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Pattern WORKFLOW = Pattern.compile("[a-z-]+/([^/]+)/([^/]+)");
    private static final Pattern JOIN = Pattern.compile("\\b(?:join|leave|request) ([0-9a-f]{32})\\b");
    /** Temporal's names for what the log calls otherwise. */
    private static final Map<String, String> RENAMED =
            Map.of("ActivityType", "activity", "Attempt", "attempt", "RunId", "run", "join", "join");

    @Override
    public byte[] encode(ILoggingEvent event) {
        ObjectNode line = JSON.createObjectNode()
                .put("time", event.getInstant().toString())
                .put("level", event.getLevel().toString())
                .put("logger", event.getLoggerName())
                .put("thread", event.getThreadName())
                .put("message", event.getFormattedMessage());
        addContext(line, event.getMDCPropertyMap());
        for (KeyValuePair pair : Objects.requireNonNullElse(event.getKeyValuePairs(), List.<KeyValuePair>of())) {
            line.put(pair.key, String.valueOf(pair.value));
        }
        Matcher join = JOIN.matcher(event.getFormattedMessage());
        if (!line.has("join") && join.find()) {
            line.put("join", join.group(1));
        }
        if (event.getThrowableProxy() != null) {
            line.put("stack", ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        return (line + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static void addContext(ObjectNode line, Map<String, String> context) {
        RENAMED.forEach((from, to) -> {
            if (context.containsKey(from)) {
                line.put(to, context.get(from));
            }
        });
        Matcher workflow = WORKFLOW.matcher(context.getOrDefault("WorkflowId", ""));
        if (workflow.matches()) {
            line.put("cluster", workflow.group(1)).put("node", workflow.group(2));
        }
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }
}
