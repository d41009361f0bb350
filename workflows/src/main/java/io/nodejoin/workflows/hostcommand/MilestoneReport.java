package io.nodejoin.workflows.hostcommand;

import io.nodejoin.protocol.agent.CommandMilestone;
import java.time.Instant;

/** A milestone that a running command has reached. */
public record MilestoneReport(String assignmentId, CommandMilestone milestone, Instant at) {

    /** Returns whether a workflow waits for this milestone. Others are for people only, and are not signalled. */
    public static boolean isAwaited(CommandMilestone milestone) {
        return switch (milestone) {
            case KubeletActive, KubeletStopped -> true;
            case StepCompleted, CertificateObtained, TokenRefused -> false;
        };
    }
}
