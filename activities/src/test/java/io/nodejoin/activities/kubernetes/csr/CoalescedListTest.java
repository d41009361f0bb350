package io.nodejoin.activities.kubernetes.csr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CoalescedListTest {
    private final AtomicLong nanoTime = new AtomicLong();
    private final ConcurrentLinkedQueue<Runnable> scheduled = new ConcurrentLinkedQueue<>();
    private final List<Duration> pauses = new ArrayList<>();
    private final List<Set<String>> lists = new ArrayList<>();
    private Duration length = Duration.ZERO;
    private Runnable meanwhile = () -> {};

    private final CoalescedList<String> listing = new CoalescedList<>(this::list, this::schedule, nanoTime::get);

    @Test
    void shouldListOnceForAllWhoAskAtTheSameTime() {
        // given
        List<CompletableFuture<List<String>>> asked =
                IntStream.range(0, 5).mapToObj(i -> asking("user-" + i)).toList();

        // when
        runScheduled();

        // then
        assertThat(lists).singleElement().satisfies(keys -> assertThat(keys).hasSize(5));
        assertThat(asked.get(3).join()).containsExactly("of user-3");
    }

    @Test
    void shouldListAnewForWhoAsksWhileAListIsUnderWay() {
        // given
        CompletableFuture<List<String>> first = asking("early");
        Runnable running = scheduled.remove();
        List<CompletableFuture<List<String>>> late = new ArrayList<>();

        // when
        meanwhile = () -> late.add(asking("late"));
        running.run();
        meanwhile = () -> {};

        // then
        assertThat(first.join()).containsExactly("of early");
        assertThat(late.getFirst()).isNotDone();
        runScheduled();
        assertThat(late.getFirst().join()).containsExactly("of late");
        assertThat(lists).containsExactly(Set.of("early"), Set.of("late"));
    }

    @Test
    void shouldRestLongerThanAListTook() {
        // given
        length = Duration.ofMillis(300);
        var _ = asking("one");
        runScheduled();

        // when
        var _ = asking("two");

        // then
        assertThat(pauses).containsExactly(Duration.ZERO, Duration.ofMillis(1500));
    }

    @Test
    void shouldNotRestLongerThanFiveSeconds() {
        // given
        length = Duration.ofMinutes(1);
        var _ = asking("one");
        runScheduled();

        // when
        var _ = asking("two");

        // then
        assertThat(pauses).last().isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void shouldTellAFailureToThoseWhoAskedAndListAgainForTheNext() {
        // given
        CompletableFuture<List<String>> unlucky = asking("unlucky");
        meanwhile = () -> {
            throw new IllegalStateException("no API server");
        };
        runScheduled();
        meanwhile = () -> {};

        // when
        CompletableFuture<List<String>> lucky = asking("lucky");
        runScheduled();

        // then
        assertThatThrownBy(unlucky::join).hasRootCauseMessage("no API server");
        assertThat(lucky.join()).containsExactly("of lucky");
    }

    @Test
    void shouldLetNobodyWaitForAListThatAnErrorHasEnded() {
        // given
        CompletableFuture<List<String>> unlucky = asking("unlucky");
        meanwhile = () -> {
            throw new StackOverflowError("too deep");
        };

        // when
        assertThatThrownBy(this::runScheduled).isInstanceOf(StackOverflowError.class);
        meanwhile = () -> {};

        // then
        CompletableFuture<List<String>> lucky = asking("lucky");
        runScheduled();
        assertThat(lucky.join()).containsExactly("of lucky");
        assertThatThrownBy(() -> unlucky.orTimeout(10, TimeUnit.SECONDS).join())
                .hasRootCauseMessage("the list was abandoned");
    }

    private Map<String, List<String>> list(Set<String> keys) {
        lists.add(Set.copyOf(keys));
        meanwhile.run();
        nanoTime.addAndGet(length.toNanos());
        return keys.stream().collect(Collectors.toMap(key -> key, key -> List.of("of " + key)));
    }

    private void schedule(Duration pause, Runnable task) {
        pauses.add(pause);
        scheduled.add(task);
    }

    private void runScheduled() {
        while (!scheduled.isEmpty()) {
            scheduled.remove().run();
        }
    }

    /** Returns once the question is asked; it blocks a thread of its own. */
    private CompletableFuture<List<String>> asking(String key) {
        CompletableFuture<List<String>> answer = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            try {
                answer.complete(listing.get(key));
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        await().until(() -> thread.getState() == Thread.State.WAITING || !thread.isAlive());
        return answer;
    }
}
