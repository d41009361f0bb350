package io.nodejoin.workflows.join;

import io.nodejoin.protocol.agent.HostMark;
import java.time.Instant;

/** A mark that a running command has reached. */
public record HostReport(String assignmentId, HostMark mark, Instant at) {}
