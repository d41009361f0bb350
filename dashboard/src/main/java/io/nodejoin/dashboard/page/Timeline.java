package io.nodejoin.dashboard.page;

import io.nodejoin.dashboard.text.Format;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.visibility.join.HistoryStep;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The phases of a join as a picture: a row per phase, its steps as thin bars below.
 *
 * @param height the height in units of the picture; its width is {@link #WIDTH}
 * @param description the picture in words
 */
public record Timeline(int height, List<Row> rows, List<Tick> ticks, String description) {
    /** The width in units of the picture. */
    public static final int WIDTH = 960;

    private static final int LEFT = 150;
    private static final int PLOT = 700;
    private static final int ROW_HEIGHT = 30;
    private static final int TOP = 24;
    private static final int MAX_TICKS = 7;
    private static final int MAX_STEPS_PER_ROW = 60;
    private static final List<Duration> TICK_STEPS = List.of(
            Duration.ofMillis(100),
            Duration.ofMillis(200),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(20),
            Duration.ofSeconds(30),
            Duration.ofMinutes(1),
            Duration.ofMinutes(2),
            Duration.ofMinutes(5),
            Duration.ofMinutes(10),
            Duration.ofMinutes(30),
            Duration.ofHours(1),
            Duration.ofHours(6),
            Duration.ofDays(1));

    public Timeline {
        rows = List.copyOf(rows);
        ticks = List.copyOf(ticks);
    }

    /**
     * One phase.
     *
     * @param label the name of the phase
     * @param attempt the number of the attempt that begins with this row; 0 if it is not the first row of a further one
     * @param tone the class of the colour
     * @param text the time in words, at {@code textX}
     * @param anchor how the text is aligned at its place
     */
    public record Row(
            String label,
            int attempt,
            int y,
            int x,
            int width,
            String tone,
            String text,
            int textX,
            String anchor,
            List<Step> steps) {
        public Row {
            steps = List.copyOf(steps);
        }
    }

    /** An activity within a phase. */
    public record Step(int x, int width, String tone, String title) {}

    /** A line with a time since the start. */
    public record Tick(int x, String label) {}

    /** Draws phases and steps; the last phase goes on until {@code end}. */
    static Timeline of(List<PhaseTime> phases, List<HistoryStep> steps, Instant end) {
        List<PhaseTime> stays =
                phases.stream().filter(phase -> !phase.phase().terminal()).toList();
        if (stays.isEmpty()) {
            return new Timeline(0, List.of(), List.of(), "No phase has been reached.");
        }
        Instant last = phases.getLast().phase().terminal() ? phases.getLast().at() : end;
        Scale scale = new Scale(stays.getFirst().at(), last);
        List<Row> rows = new ArrayList<>();
        int attempt = 1;
        for (int i = 0; i < stays.size(); i++) {
            boolean again = i > 0 && stays.get(i - 1).phase() == Phase.Compensating;
            attempt += again ? 1 : 0;
            Instant until = i + 1 < stays.size() ? stays.get(i + 1).at() : last;
            rows.add(row(stays.get(i), until, again ? attempt : 0, TOP + i * ROW_HEIGHT, scale, steps));
        }
        return new Timeline(TOP + rows.size() * ROW_HEIGHT + 4, rows, scale.ticks(), describe(rows));
    }

    private static Row row(PhaseTime phase, Instant until, int attempt, int y, Scale scale, List<HistoryStep> steps) {
        int x = scale.x(phase.at());
        int width = Math.max(2, scale.x(until) - x);
        boolean leftOfBar = x + width > LEFT + PLOT * 9 / 10;
        List<Step> drawn = steps.stream()
                .filter(step -> isIn(step, phase.at(), until))
                .sorted(Comparator.comparing(HistoryStep::scheduledAt))
                .limit(MAX_STEPS_PER_ROW)
                .map(step -> step(step, until, scale))
                .toList();
        return new Row(
                phase.phase().name(),
                attempt,
                y,
                x,
                width,
                phase.phase() == Phase.Compensating ? "attention" : "phase",
                Format.duration(Duration.between(phase.at(), until)),
                leftOfBar && x > LEFT + 80 ? x - 6 : x + width + 6,
                leftOfBar && x > LEFT + 80 ? "end" : "start",
                drawn);
    }

    private static boolean isIn(HistoryStep step, Instant from, Instant until) {
        return !step.scheduledAt().isBefore(from) && step.scheduledAt().isBefore(until);
    }

    private static Step step(HistoryStep step, Instant until, Scale scale) {
        int x = scale.x(step.scheduledAt());
        Instant end = step.endedAt() == null ? until : step.endedAt();
        String name = step.summary().isEmpty() ? step.activity() : step.summary();
        return new Step(
                x,
                Math.max(1, scale.x(end) - x),
                tone(step),
                name + ": " + Format.duration(Duration.between(step.scheduledAt(), end)));
    }

    private static String tone(HistoryStep step) {
        return switch (step.state()) {
            case FAILED, TIMED_OUT -> "bad";
            case WAITING, RUNNING, COMPLETED, CANCELLED -> step.failure() == null ? "step" : "retried";
        };
    }

    private static String describe(List<Row> rows) {
        StringBuilder text = new StringBuilder("Time in each phase: ");
        for (Row row : rows) {
            text.append(row.label()).append(' ').append(row.text()).append(", ");
        }
        return text.substring(0, text.length() - 2) + ".";
    }

    /** Where a time is in the picture. */
    private record Scale(Instant start, Instant end) {
        int x(Instant at) {
            long all = Math.max(1, Duration.between(start, end).toMillis());
            long part = Math.clamp(Duration.between(start, at).toMillis(), 0, all);
            return (int) (LEFT + part * PLOT / all);
        }

        List<Tick> ticks() {
            Duration all = Duration.between(start, end);
            Duration step = TICK_STEPS.stream()
                    .filter(candidate -> candidate.multipliedBy(MAX_TICKS).compareTo(all) >= 0)
                    .findFirst()
                    .orElse(all.dividedBy(MAX_TICKS).plusMillis(1));
            List<Tick> ticks = new ArrayList<>();
            for (Duration at = Duration.ZERO; at.compareTo(all) <= 0; at = at.plus(step)) {
                ticks.add(new Tick(x(start.plus(at)), at.isZero() ? "0" : Format.duration(at)));
            }
            return ticks;
        }
    }
}
