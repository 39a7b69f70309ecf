using Holdfast.Engines.Contract;
using Holdfast.Engines.Slurm;

namespace Holdfast.Engines.Tests.Slurm;

/// <summary>A cluster of which one node does not see the hub's folders, and what is said of it.</summary>
public sealed class SlurmSurveyTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateDirectory($"/var/tmp/hf-sls-{Guid.NewGuid():N}"[..22]).FullName;
    private SlurmCluster _cluster = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cluster = new SlurmCluster { NotOnSecond = _folder };
        await _cluster.InitializeAsync();
        if (_cluster.Unusable is not { } reason) return;
        Directory.Delete(_folder);
        Assert.Skip(reason);
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Folder_ThatANodeDoesNotSee_IsNamedWithItsMend()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "program"), "#!/bin/sh\n", Cancellation);
        File.SetUnixFileMode(Path.Combine(_folder, "program"), UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var findings = await new SlurmSurvey(new SlurmSettings { Conf = _cluster.Conf }).RunAsync([_folder], Path.Combine(_folder, "program"), Cancellation);

        var first = Assert.Single(findings, finding => finding.Subject == "node node1" && finding.Text.Contains(_folder, StringComparison.Ordinal));
        var second = Assert.Single(findings, finding => finding.Subject == "node node2" && finding.Text.StartsWith($"{_folder} ", StringComparison.Ordinal));
        Assert.Matches("is shared: [0-9.]+ GB free, [0-9.]+ ms to make and rename a file", first.Text);
        Assert.Equal((true, $"{_folder} is not the hub's there.", "a file system that hub and nodes share, mounted at the same place (docs/slurm.md)"), (second.IsBad, second.Text, second.Mend));
        Assert.Equal($"{_folder}/program is not the hub's there.", Assert.Single(findings, finding => finding.Subject == "node node2" && finding.Text.Contains("/program", StringComparison.Ordinal)).Text);
        Assert.Equal(["program"], Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Workload_OnANodeThatDoesNotSeeItsFolder_SaysWhereToLook()
    {
        await _cluster.SaysAsync("scontrol", "update", "NodeName=node1", "State=DRAIN", "Reason=test");
        var engine = new SlurmEngine(Path.Combine(_folder, "index"), new SlurmSettings { Conf = _cluster.Conf }, TimeProvider.System);
        var spec = new WorkloadSpec
        {
            Id = "unseen",
            Argv = ["/bin/sh", "-c", "echo ran"],
            Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
            Scratch = Directory.CreateDirectory(Path.Combine(_folder, "scratch"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName,
            OutputFile = Path.Combine(_folder, "out"),
        };
        Assert.Null((await engine.StartAsync(spec, Cancellation)).Fault);

        var ended = (await engine.WaitAsync("unseen", Cancellation).WaitAsync(TimeSpan.FromSeconds(60), Cancellation)).Value!;

        Assert.Equal((true, null, ""), (ended.IsOver, ended.ExitCode, File.ReadAllText(spec.OutputFile)));
        Assert.Contains("does its node see the hub's folders (holdfast doctor --engine slurm)?", ended.Interruption, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("slurm 19.05.5", "This Slurm is 19.05, and jobs need 20.11 or newer (srun --overlap); mend: a newer Slurm.")]
    [InlineData("slurm-wlm 20.02.7", "This Slurm is 20.02, and jobs need 20.11 or newer (srun --overlap); mend: a newer Slurm.")]
    [InlineData("slurm-wlm 20.11.4", null)]
    [InlineData("slurm 24.05.0-0rc1", null)]
    public void Version_ThatIsOld_IsRefused(string said, string? problem) => Assert.Equal(problem, SlurmCheck.VersionProblem(said)?.Message);
}
