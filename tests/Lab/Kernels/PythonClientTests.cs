using System.Diagnostics;

namespace Holdfast.Lab.Tests.Kernels;

public sealed class PythonClientTests(KeeperFixture keeper)
{
    private const string Python = "/usr/bin/python3";

    [Fact]
    public async Task LegacyProtocol_TornadoWithJupyterClient_RunsACell()
    {
        if (!File.Exists(Python) || (await RunAsync("-c", "import tornado, jupyter_client")).Exit != 0)
            Assert.Skip("python3-tornado and python3-jupyter-client are not installed.");
        await using var lab = await keeper.StartLabAsync();
        var id = await lab.StartKernelAsync();
        var (exit, output) = await RunAsync(Path.Combine(AppContext.BaseDirectory, "Kernels/tornado_page.py"), lab.ChannelsAddress(id), "print('ahoy')");
        Assert.True(exit == 0, output);
        Assert.Equal("ahoy\n", output);
    }

    private static async Task<(int Exit, string Output)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output + await errors);
    }
}
