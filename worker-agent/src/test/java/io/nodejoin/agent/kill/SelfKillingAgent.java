package io.nodejoin.agent.kill;

import io.nodejoin.protocol.event.HostProfile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** An agent as a process of its own, which kills itself before one of its effects. */
final class SelfKillingAgent {
    private SelfKillingAgent() {}

    /** Arguments: the host's directory, what to do, the profile, the number of the effect. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        HostProfile profile = HostProfile.valueOf(arguments[2]);
        Death death = new Death(Integer.parseInt(arguments[3]));
        try (HostUnderTest host = new HostUnderTest(directory, death)) {
            Work work = Work.valueOf(arguments[1]);
            host.commanded(() -> work.on(host, profile));
        }
    }

    /** What it may be killed in. */
    enum Work {
        JOIN {
            @Override
            void on(HostUnderTest host, HostProfile profile) {
                host.prepare(profile);
                host.startKubelet(profile);
            }
        },
        RESET {
            @Override
            void on(HostUnderTest host, HostProfile profile) {
                host.reset();
            }
        };

        abstract void on(HostUnderTest host, HostProfile profile);
    }

    /** Comes with one effect, before it. */
    private static final class Death implements EffectListener {
        private int left;

        Death(int at) {
            this.left = at;
        }

        @Override
        public void beforeEffect(String what) {
            left--;
            if (left == 0) {
                System.out.println(what);
                System.out.flush();
                try {
                    new ProcessBuilder(
                                    "kill",
                                    "-9",
                                    Long.toString(ProcessHandle.current().pid()))
                            .start();
                    new CountDownLatch(1).await();
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }
}
