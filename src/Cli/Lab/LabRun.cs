using System.Runtime.InteropServices;
using Holdfast.Keeper.Client;
using Holdfast.Lab;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Holdfast.Cli.Lab;

/// <summary>One run of the lab, from the first word to the last.</summary>
internal static class LabRun
{
    public static async Task<int> RunAsync(LabOptions options, bool openBrowser, bool verbose, CancellationToken cancellationToken)
    {
        // :: 1. The keeper, which owns what must outlive this process; it starts while the server is put together.
        var connecting = KeeperClient.ConnectAsync(Surroundings.Home, TimeProvider.System, cancellationToken);

        // :: 2. The server.
        await using var server = LabServer.Create(options, connecting, logging => logging.Services.AddSingleton<ILoggerProvider>(new LineLoggerProvider(verbose)));
        var connected = await connecting;
        if (!connected.Ok) return Output.Fail(connected.Failure.Message);
        await using var keeper = connected.Value;
        if (options.DefaultKernel is { } wanted && LabWords.UnknownKernel(await server.FindKernelsAsync(), wanted) is { } unknown) return Output.Fail(unknown);
        using var ended = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, End);
        var start = await server.StartAsync(cancellationToken);
        if (start.Address is not { } address) return Output.Fail(start.Problem!);
        // Only now: the search asks every Python there is, and pages need the processors first.
        var kernels = server.FindKernelsAsync();

        // :: 3. The words that help.
        var query = string.IsNullOrEmpty(options.Token) ? "lab" : $"lab?token={options.Token}";
        var others = LabRegister.Others(options.Root);
        using var register = LabRegister.Enter(options.Root, address);
        Console.WriteLine($"Holdfast lab, folder {options.Root}");
        Console.WriteLine($"  {address}{query}");
        if (start.Outer is not null) Console.WriteLine($"  {start.Outer}{query}");
        if (start.Certificate is { } certificate) Console.WriteLine($"  {LabWords.Certificate(certificate, TimeProvider.System)}");
        if (LabWords.Login(options, start) is { } login) Console.WriteLine($"  {login}");
        foreach (var other in others) Console.WriteLine($"Another lab serves this folder: {other.Address} (process {other.ProcessId}). Both share the same kernels.");
        if (LabWords.Kept(keeper.Kernels, options.Root, TimeProvider.System) is { } kept) Console.WriteLine(kept);
        if (keeper.Renewal is { } older) Console.WriteLine(older);
        foreach (var line in LabWords.Kernels(await kernels)) Console.WriteLine(line);
        if (Surroundings.Program != "holdfast") Console.WriteLine($"'holdfast' is not on PATH: type {Surroundings.Program}, or put it there: {(Environment.IsPrivilegedProcess ? "" : "sudo ")}ln -s {Surroundings.Program} /usr/local/bin/");
        Console.WriteLine("Ctrl-C ends the lab; kernels go on.");
        if (openBrowser) Browser.Open($"{address}{query}");

        // :: 4. Serve until somebody ends it.
        await server.WaitForShutdownAsync(ended.Token);
        await server.StopAsync(CancellationToken.None);
        Console.WriteLine(LabWords.End(keeper.Kernels, options.Root));
        return 0;

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            ended.Cancel();
        }
    }
}
