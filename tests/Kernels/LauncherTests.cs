using System.Diagnostics;
using System.Runtime.Versioning;

namespace Holdfast.Kernels.Tests;

[UnsupportedOSPlatform("windows")]
public sealed class LauncherTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hfl");

    public void Dispose() => _folder.Delete(true);

    private string Scripts => Path.Combine(_folder.FullName, "scripts");

    private IReadOnlyList<string> CommandLine(params string[] argv) => Launcher.CommandLine(
        new KernelSpec
        {
            Name = "k",
            Json = default,
            Argv = argv,
            DisplayName = "K",
            Language = "l",
            ResourceFolder = "/r",
            Python = "/venv/bin/python",
        },
        "/c.json",
        Scripts);

    [Theory]
    [InlineData("/usr/bin/python3 -m ipykernel_launcher -f {connection_file}", "/usr/bin/python3 SCRIPT ipykernel_launcher -f /c.json")]
    [InlineData("/usr/bin/python3.11 -Xfrozen_modules=off -W ignore -m ipykernel -f {connection_file}", "/usr/bin/python3.11 -Xfrozen_modules=off -W ignore SCRIPT ipykernel -f /c.json")]
    [InlineData("/usr/bin/python3 -m bash_kernel -f {connection_file}", "/usr/bin/python3 -m bash_kernel -f /c.json")]
    [InlineData("/usr/bin/python3 run.py -m ipykernel_launcher", "/usr/bin/python3 run.py -m ipykernel_launcher")]
    [InlineData("ssh gpu python3 -m ipykernel_launcher -f {connection_file}", "ssh gpu python3 -m ipykernel_launcher -f /c.json")]
    [InlineData("{prefix}/bin/R {resource_dir}/x {other} {connection_file}{connection_file}", "/venv/bin/R /r/x {other} /c.json/c.json")]
    [InlineData("python", "python")]
    public void CommandLine_ByKernel_IsFilledAndOnlyIpykernelGetsTheScript(string argv, string expected) =>
        Assert.Equal(expected, string.Join(' ', CommandLine(argv.Split(' ')).Select(a => a.StartsWith(Scripts, StringComparison.Ordinal) ? "SCRIPT" : a)));

    [Fact]
    public void Script_MissingOrChanged_IsWrittenPrivately()
    {
        var script = CommandLine("python3", "-m", "ipykernel")[1];
        var content = File.ReadAllBytes(script);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(script));

        File.WriteAllText(script, "import os");

        Assert.Equal(script, CommandLine("python3", "-m", "ipykernel")[1]);
        Assert.Equal(content, File.ReadAllBytes(script));
        Assert.Single(Directory.GetFiles(Scripts));
    }

    [Fact]
    public async Task Script_WithAnUnknownIpykernel_StartsItPlainAsPythonMDoes()
    {
        if (!File.Exists(Peers.KernelProcess.Python)) Assert.Skip("python3 is not installed");
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "library", "ipykernel"));
        File.WriteAllText(Path.Combine(_folder.FullName, "library", "ipykernel", "__init__.py"), "");
        File.WriteAllText(Path.Combine(_folder.FullName, "library", "ipykernel_launcher.py"), "import sys; print(sys.argv, sys.path, __name__, __file__)");
        string[] command = [Peers.KernelProcess.Python, "-m", "ipykernel_launcher", "-f", "x"];

        var plain = await RunAsync(command);
        var ours = await RunAsync(CommandLine(command));

        Assert.Equal(plain.Output, ours.Output);
        Assert.NotEmpty(ours.Output);
        Assert.Contains("holdfast:", ours.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_InIsolatedMode_FindsIpykernel()
    {
        if (!Directory.Exists("/usr/lib/python3/dist-packages/ipykernel")) Assert.Skip("python3-ipykernel is not installed");
        var ours = await RunAsync(CommandLine(Peers.KernelProcess.Python, "-I", "-m", "ipykernel_launcher", "--version"));
        Assert.Matches(@"^\d+\.\d+", ours.Output);
        Assert.DoesNotContain("holdfast", ours.Errors, StringComparison.Ordinal);
    }

    private async Task<(string Output, string Errors)> RunAsync(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.FullName };
        start.Environment["PYTHONPATH"] = Path.Combine(_folder.FullName, "library");
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        return (await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), await errors);
    }
}
