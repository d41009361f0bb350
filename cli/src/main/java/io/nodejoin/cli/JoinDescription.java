package io.nodejoin.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.visibility.join.HistoryStep;
import io.nodejoin.visibility.join.JoinDetails;
import io.nodejoin.workflows.lifecycle.JoinProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Everything about a node's latest request, with the steps of each phase.
 *
 * @param node the Node of the API server; absent if no kubeconfig is named
 * @param waitsFor absent once the request has ended
 * @param problem why it is compensated or has failed; absent if it is not
 * @param serviceProblem why the phases are not known; absent if they are
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record JoinDescription(
        String reference,
        NodeState state,
        @Nullable LiveNode node,
        ListedRequest request,
        List<PhaseSteps> phases,
        @Nullable String waitsFor,
        @Nullable Instant deadline,
        @Nullable Cause problem,
        @Nullable String serviceProblem) {

    /** What is wrong, why, and what an operator does about it. */
    record Cause(String code, String what, String why, String check, String toDo, String docs) {
        static Cause of(Problem problem) {
            return new Cause(
                    problem.code().name(),
                    problem.detail(),
                    problem.code().meaning(),
                    problem.code().check(),
                    problem.code().remedy(),
                    "docs/" + problem.code().page());
        }
    }

    /**
     * One phase.
     *
     * @param seconds how long the request stayed in it
     */
    record PhaseSteps(String phase, int attempt, Instant at, double seconds, boolean terminal, List<Step> steps) {
        /** Returns whether it was left without trouble. */
        boolean wasFine() {
            return !phase.equals(Phase.Compensating.name()) && steps.stream().allMatch(Step::wasFine);
        }
    }

    /**
     * One activity.
     *
     * @param failure the last failure, also of one that succeeded later
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Step(
            String name,
            String state,
            double seconds,
            int attempts,
            @Nullable String failure) {
        static Step of(HistoryStep step, Instant now) {
            return new Step(
                    step.summary().isEmpty() ? step.activity() : step.summary(),
                    step.state().name().toLowerCase(Locale.ROOT),
                    inSeconds(step.duration(now)),
                    step.attempts(),
                    step.failure());
        }

        boolean wasFine() {
            return state.equals("completed") && failure == null;
        }
    }

    static JoinDescription of(
            NodeState state, @Nullable LiveNode node, ListedRequest latest, JoinDetails details, Instant now) {
        JoinProgress progress = details.progress();
        List<PhaseTime> times = progress == null
                ? List.of(new PhaseTime(
                        details.summary().phase(), details.summary().startedAt()))
                : progress.phases();
        JoinProgress running = progress == null || progress.phase().terminal() ? null : progress;
        Problem problem = progress == null ? null : progress.problem();
        Instant end =
                details.summary().closedAt() == null ? now : details.summary().closedAt();
        return new JoinDescription(
                latest.reference(),
                state,
                node,
                latest.withAttempt(Attempts.count(times)),
                phases(times, details.history().steps(), end),
                running == null ? null : running.waitingFor(),
                running == null ? null : running.deadline(),
                problem == null ? null : Cause.of(problem),
                details.progressProblem());
    }

    private static List<PhaseSteps> phases(List<PhaseTime> times, List<HistoryStep> steps, Instant end) {
        List<PhaseSteps> phases = new ArrayList<>();
        for (int i = 0; i < times.size(); i++) {
            PhaseTime time = times.get(i);
            boolean last = i == times.size() - 1;
            Instant until = last ? end : times.get(i + 1).at();
            Instant from = i == 0 ? Instant.MIN : time.at();
            phases.add(new PhaseSteps(
                    time.phase().name(),
                    Attempts.count(times.subList(0, i + 1)),
                    time.at(),
                    last && time.phase().terminal() ? 0 : inSeconds(Duration.between(time.at(), until)),
                    time.phase().terminal(),
                    steps.stream()
                            .filter(step -> !step.scheduledAt().isBefore(from)
                                    && (last || step.scheduledAt().isBefore(until)))
                            .map(step -> Step.of(step, end))
                            .toList()));
        }
        return phases;
    }

    private static double inSeconds(Duration duration) {
        return Math.round(duration.toMillis() / 100.0) / 10.0;
    }
}
