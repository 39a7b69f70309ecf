using Holdfast.Hub.Jobs;
using Holdfast.Hub.Tests.Api;

namespace Holdfast.Hub.Tests.Output;

/// <summary>What a job on this host puts out with the Python package that lies beside the program.</summary>
public sealed class JobRunOutputTests : IAsyncLifetime
{
    private readonly TestHub _hub = new();

    public async ValueTask InitializeAsync() => await _hub.StartAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Job_ThatIsTriedAgain_GoesOnFromItsCheckpointAndItsOutputIsThere()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Jobs with a root of their own need root.");
        if (!File.Exists(Path.Combine(Path.GetDirectoryName(TestHub.Program)!, "python", "holdfast", "__init__.py"))) Assert.Skip("The Python package does not lie beside the program: ./run --build-only puts it there.");
        const string Script = """
            cat > /tmp/train.py <<'END'
            import holdfast, sys
            found = holdfast.checkpoint.latest()
            for step in range(found.step + 1 if found else 1, holdfast.params(steps=3)["steps"] + 1):
                holdfast.log(step=step, loss=1 / step)
                if step == 4 and not found:
                    sys.exit(75)
                holdfast.checkpoint.save(step, {"state": str(step)}, keep=1)
            (holdfast.model_dir() / "weights").write_text(f"{step} {holdfast.shard()}")
            END
            /usr/bin/python3 /tmp/train.py
            """;

        var job = await _hub.UntilOverAsync(await _hub.SubmitAsync(Script, spec => spec with { Parameters = Json("""{"steps":6}"""), PassAs = "none" }));

        using var api = new ApiClient(_hub);
        var log = (await api.GetAsync($"jobs/{job.Id}/logs")).Text;
        Assert.True(job.State == JobState.Succeeded, $"{job} {log}");
        Assert.Equal(2, job.Attempts.Count);
        Assert.Equal("6 (0, 1)", (await api.GetAsync($"jobs/{job.Id}/artifacts/model/weights")).Text);
        Assert.Equal("6", (await api.GetAsync($"jobs/{job.Id}/artifacts/checkpoints/6/state?view=false")).Text);
        var loss = (await api.GetAsync($"jobs/{job.Id}/metrics?names=loss")).Json.GetProperty("series")[0];
        Assert.Equal([1, 2, 3, 4, 5, 6], loss.GetProperty("points").EnumerateArray().Select(point => point.GetProperty("step").GetInt32()));
        // The step that was interrupted was logged twice.
        Assert.Equal(7, loss.GetProperty("count").GetInt32());
        Assert.Equal(["checkpoints/6/complete", "checkpoints/6/state", "manifest.json", "metrics.jsonl", "model/weights"],
            (await api.GetAsync($"jobs/{job.Id}/artifacts")).Json.GetProperty("artifacts").EnumerateArray().Select(artifact => artifact.GetProperty("path").GetString()));
    }

    private static Dictionary<string, System.Text.Json.JsonElement> Json(string json) =>
        System.Text.Json.JsonDocument.Parse(json).RootElement.EnumerateObject().ToDictionary(each => each.Name, each => each.Value);
}
