namespace Holdfast.Engines.Tests;

/// <summary>What engines do, besides that which every engine does, whose workloads have a root and processes of their own.</summary>
public abstract partial class RootedConformance : EngineConformance
{
    [Fact]
    public async Task End_OfTheFirstProcess_EndsAllOthers()
    {
        var shared = Shared("shared");
        var spec = Script("(while :; do date +%N > /mnt/shared/beat; sleep 0.02; done) & until [ -s /mnt/shared/beat ]; do sleep 0.01; done; exit 4")
            with
        { Mounts = [new(shared, "/mnt/shared")] };

        Assert.Equal(4, (await RunAsync(spec)).ExitCode);

        var beat = await File.ReadAllTextAsync(Path.Combine(shared, "beat"), Cancellation);
        await Task.Delay(100, Cancellation);
        Assert.Equal(beat, await File.ReadAllTextAsync(Path.Combine(shared, "beat"), Cancellation));
    }

    [Fact]
    public async Task Orphans_InsideTheWorkload_AreReaped()
    {
        var spec = Script("""
            for i in 1 2 3 4 5; do (sleep 0.05 &) ; done
            until [ "$(cat /proc/[0-9]*/stat 2>/dev/null | grep -c '(sleep)')" = 0 ]; do sleep 0.02; done
            echo none left
            """);

        Assert.Equal(0, (await RunAsync(spec)).ExitCode);

        Assert.Equal("none left\n", Output(spec));
    }

    [Fact]
    public async Task Remove_WorkloadThatEnded_IsGoneAndItsIdIsFree()
    {
        var spec = Script("echo once >> /opt/marker; cat /opt/marker");
        await RunAsync(spec);

        Assert.Equal(0, Value(await Engine.RemoveAsync(spec.Id, Cancellation))!.ExitCode);

        Assert.Equal("not-found", Fault(await Engine.InspectAsync(spec.Id, Cancellation)).Code);
        await RunAsync(spec);
        Assert.Equal("once\nonce\n", Output(spec));
    }
}
