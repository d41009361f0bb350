package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.failpoint.FailAction;
import io.nodejoin.testbed.failpoint.FailPlan;
import io.nodejoin.testbed.failpoint.FailPointMarker;
import io.nodejoin.testbed.process.SupervisedProcess;
import java.util.List;
import java.util.function.Consumer;

/** A part that is killed while joins are at their steps. */
interface KillTarget {
    /** Starts the joins and kills until each of them was hit; returns what did not happen. */
    List<String> killDuring(ChaosBed bed, KillSweep sweep);

    /** Intake, gateway and workers in one process. Each restart receives the remaining steps. */
    static KillTarget service() {
        return (bed, sweep) -> {
            SupervisedProcess service = bed.testBed().service().process();
            service.kill();
            sweep.startJoins(_ -> true);
            return sweep.killUntilAllHit(
                    () -> {
                        FailPlan plan = sweep.plan(FailAction.HALT);
                        bed.testBed().service().launch(FailPlan.SERVICE, plan.writeToEnvironment());
                        return new FailPointMarker(plan.marker());
                    },
                    service::kill);
        };
    }

    static KillTarget kafka() {
        return component(testBed -> {
            testBed.kafka().process().kill();
            testBed.kafka().start();
        });
    }

    static KillTarget temporal() {
        return component(testBed -> {
            testBed.temporal().process().kill();
            testBed.temporal().start();
        });
    }

    private static KillTarget component(Consumer<TestBed> blow) {
        return (bed, sweep) -> {
            FailPlan plan = sweep.plan(FailAction.DELAY);
            bed.killAndRestartServiceWith(plan);
            // Any join reaches the one fail point that all share, and holds it for seconds: less than the others take
            // to boot.
            sweep.startJoins(killPoint -> !killPoint.isPerWorkflow());
            return sweep.killUntilAllHit(() -> new FailPointMarker(plan.marker()), () -> blow.accept(bed.testBed()));
        };
    }
}
