using Holdfast.Cli.Tests.Hub;
using Holdfast.Cli.Tests.Running;
using Holdfast.Hub.Tests.Stores;

namespace Holdfast.Cli.Tests.Jobs;

/// <summary>The verbs of jobs whose output goes to a store: the published program, a real hub, and a server that speaks S3's protocol.</summary>
public sealed class JobStoreTests
{
    [Fact]
    public async Task Job_WhoseOutputGoesToAStore_IsSeenByEachVerb()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Jobs on the host engine need root.");
        await using var store = await S3Server.StartAsync();
        await using var place = new Place();
        place.Write("state/hub/hub.yaml", $"stores:\n  - {{name: team, endpoint: '{store.Address.GetLeftPart(UriPartial.Authority)}', bucket: {S3Server.Bucket}, secret: TEAM_S3, keep_local: no}}\n");
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        string[] submit = ["job", "submit", "--no-code", "--name", "leaves", "-o", "s3://team/runs/{name}/{id}"];
        const string script = "mkdir -p $AIP_MODEL_DIR; echo weights > $AIP_MODEL_DIR/w; echo '{\"loss\":0.5}' > $HOLDFAST_OUTPUT/metrics.jsonl";

        var without = await place.RunAsync([.. submit, "--dry-run", "--", "true"]);
        var doctor = await place.RunAsync("doctor");
        await place.RunWithInputAsync("S3RVER:S3RVER\n"u8.ToArray(), "secret", "set", "TEAM_S3");
        var planned = await place.RunAsync([.. submit, "--dry-run", "--", "true"]);
        var mended = await place.RunAsync("doctor");
        var mistyped = await place.RunAsync("job", "submit", "--no-code", "-o", "s3://taem/x", "--", "true");
        var submitted = await place.RunAsync([.. submit, "--wait", "--", "sh", "-c", script]);
        var id = (await place.RunAsync("job", "ls", "-q")).Out.Trim();
        var shown = await place.RunAsync("job", "show", id);
        await place.BashAsync($"timeout 60 sh -c 'while [ -e {place.PathOf("state/hub/storage/s3/team/runs/leaves")}/{id} ]; do sleep 0.05; done'");
        var listed = await place.RunAsync("job", "artifacts", id);
        var fetched = await place.RunAsync("job", "artifacts", id, "-d", place.PathOf("results"), "-q");

        Assert.Matches(@"output: Store 'team' has no key: \S+ has no secret TEAM_S3; mend: holdfast secret set TEAM_S3, with KEY_ID:SECRET_KEY\.", without.Errors);
        Assert.Matches(@"(?m)^note  store team +Store 'team' has no key", doctor.Out);
        Assert.Contains("\n  output       s3://team/runs/leaves/jxxxxxxxx, which can be written\n", planned.Out, StringComparison.Ordinal);
        Assert.Matches($@"(?m)^ok    store team +bucket {S3Server.Bucket} at {store.Address.GetLeftPart(UriPartial.Authority)} answers\.$", mended.Out);
        Assert.Contains("There is no store 'taem'; did you mean 'team'?", mistyped.Errors, StringComparison.Ordinal);
        Assert.True(submitted.ExitCode == 0, submitted.Errors);
        Assert.Contains($"output in s3://team/runs/leaves/{id}.", submitted.Out, StringComparison.Ordinal);
        Assert.Contains($"\n  output       s3://team/runs/leaves/{id}\n  its folder   /storage/s3/team/runs/leaves/{id}\n", shown.Out, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^ +8 B +\S+ +model/w$", listed.Out);
        Assert.True(fetched.ExitCode == 0, fetched.Errors);
        Assert.Equal("weights\n", await File.ReadAllTextAsync(place.PathOf("results/model/w"), TestContext.Current.CancellationToken));
        Assert.DoesNotContain("S3RVER", hub.Said, StringComparison.Ordinal);
    }
}
