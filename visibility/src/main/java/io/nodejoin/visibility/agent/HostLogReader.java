package io.nodejoin.visibility.agent;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.agent.HostLogLine;
import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.workflows.gateway.HostLogPage;
import io.nodejoin.workflows.gateway.HostLogQuery;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log of one host, each line once, whichever replica its agent is connected to. Lines that
 * come again, as from an agent process that has restarted, are recognized by their time. Not for several threads.
 */
public final class HostLogReader {
    private final AgentDirectory agents;
    private final NodeRef node;
    private final JoinId join;
    private final Map<UUID, Long> read = new HashMap<>();
    private @Nullable UUID latest;
    private @Nullable Instant latestTime;

    public HostLogReader(AgentDirectory agents, NodeRef node, JoinId join) {
        this.agents = agents;
        this.node = node;
        this.join = join;
    }

    /** Returns what is new. The first call returns nothing if nobody has read the log before: it asks the agent for it. */
    public Lookup<HostLogChunk> readNew() {
        HostLogQuery query = new HostLogQuery(node, join, latest, latest == null ? 0 : read.getOrDefault(latest, 0L));
        return agents.hostLog(query)
                .map(answers -> new HostLogChunk(
                        answers.byReplica().values().stream().anyMatch(HostLogPage::connected),
                        newLines(answers.byReplica().values()),
                        answers.silent()));
    }

    private List<HostLogChunk.Entry> newLines(Collection<HostLogPage> pages) {
        Map<UUID, NavigableMap<Long, HostLogLine>> byProcess = new HashMap<>();
        for (HostLogPage page : pages) {
            if (page.instance() != null) {
                NavigableMap<Long, HostLogLine> lines =
                        byProcess.computeIfAbsent(page.instance(), _ -> new TreeMap<>());
                page.lines().forEach(line -> lines.put(line.sequence(), line));
            }
        }
        List<HostLogChunk.Entry> entries = new ArrayList<>();
        byProcess.entrySet().stream()
                .filter(process -> !process.getValue().isEmpty())
                .sorted((one, other) -> one.getValue()
                        .firstEntry()
                        .getValue()
                        .at()
                        .compareTo(other.getValue().firstEntry().getValue().at()))
                .forEach(process -> entries.addAll(newLines(process.getKey(), process.getValue())));
        return entries;
    }

    private List<HostLogChunk.Entry> newLines(UUID process, NavigableMap<Long, HostLogLine> lines) {
        Long before = read.get(process);
        Instant known = before == null ? latestTime : null;
        boolean gap = false;
        List<HostLogChunk.Entry> entries = new ArrayList<>();
        for (HostLogLine line :
                lines.tailMap(before == null ? 0 : before, before == null).values()) {
            if (before != null && line.sequence() > before + 1) {
                gap = true;
                known = latestTime;
            }
            before = line.sequence();
            if (known != null && !line.at().isAfter(known)) {
                // It comes again, so nothing is missing before the next one.
                gap = false;
            } else {
                entries.add(new HostLogChunk.Entry(line, gap));
                gap = false;
                known = null;
                latestTime = line.at();
            }
        }
        if (before != null) {
            read.put(process, before);
            latest = process;
        }
        return entries;
    }
}
