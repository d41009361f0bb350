package io.nodejoin.workflows.hostcommand;

import io.nodejoin.protocol.agent.CommandMilestone;
import java.time.Instant;

/** A milestone that a running command has reached. */
public record MilestoneReport(String assignmentId, CommandMilestone milestone, Instant at) {}
