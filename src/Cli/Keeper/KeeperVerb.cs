using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Host;

namespace Holdfast.Cli.Keeper;

/// <summary><c>holdfast keeper run|ls|stop</c>.</summary>
internal static class KeeperVerb
{
    public static Command Create() => new("keeper", "The process that owns kernels and writes their journals; it outlives the lab.")
    {
        CreateRun(),
        CreateLs(),
        CreateStop(),
    };

    private static Command CreateRun()
    {
        var state = new Option<string?>("--state") { Description = "The state folder; default HOLDFAST_STATE or ~/.local/state/holdfast." };
        var command = new Command("run", "Be the keeper. The lab starts it when it is needed; run it by hand under a service manager.") { state };
        command.SetAction(async (parse, _) =>
        {
            var home = Surroundings.Home;
            if (parse.GetValue(state) is { } folder) home = home with { StateFolder = Path.GetFullPath(folder) };
            // A closed shell or Ctrl-C in it is not meant for the keeper.
            using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
            return await new KeeperHost(home, TimeProvider.System, new LineLogger(Console.Out, TimeProvider.System)).RunAsync();
        });
        return command;
    }

    private static Command CreateLs()
    {
        var format = Output.Format();
        var command = new Command("ls", "Say which keeper runs and what it owns.") { format };
        command.SetAction(async (parse, cancellationToken) =>
        {
            await using var keeper = await KeeperClient.TryConnectAsync(Surroundings.Home, cancellationToken);
            if (parse.GetValue(format) == "json") WriteJson(keeper);
            else if (keeper is null) Console.WriteLine($"No keeper runs for {Surroundings.Home.StateFolder}. A lab starts one.");
            else WriteText(keeper);
            return 0;
        });
        return command;
    }

    private static void WriteText(KeeperClient keeper)
    {
        Console.WriteLine($"Keeper, process {keeper.KeeperProcessId}, since {Output.Clock(keeper.KeeperStarted, TimeProvider.System)}, state in {Surroundings.Home.StateFolder}");
        if (keeper.Kernels.Count == 0) Console.WriteLine("It owns no kernel.");
        foreach (var kernel in keeper.Kernels.OrderBy(kernel => kernel.Started))
        {
            Console.WriteLine($"  kernel {kernel.Id}  {KernelTexts.Document(kernel)}  {KernelTexts.State(kernel, TimeProvider.System)}  process {kernel.ProcessId?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"}");
        }
    }

    private static void WriteJson(KeeperClient? keeper)
    {
        using var stdout = Console.OpenStandardOutput();
        using (var json = new Utf8JsonWriter(stdout, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("state", Surroundings.Home.StateFolder);
            json.WriteBoolean("running", keeper is not null);
            if (keeper is not null)
            {
                json.WriteNumber("pid", keeper.KeeperProcessId);
                json.WriteString("started", keeper.KeeperStarted);
            }

            json.WriteStartArray("kernels");
            foreach (var kernel in keeper?.Kernels ?? []) KernelJson.Write(json, kernel);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        stdout.WriteByte((byte)'\n');
    }

    private static Command CreateStop()
    {
        var yes = new Option<bool>("--yes", "-y") { Description = "End the kernels that run without asking." };
        var command = new Command("stop", "End the keeper and every kernel it owns. Their journals stay.") { yes };
        command.SetAction(async (parse, cancellationToken) =>
        {
            await using var keeper = await KeeperClient.TryConnectAsync(Surroundings.Home, cancellationToken);
            if (keeper is null)
            {
                Console.WriteLine("No keeper runs.");
                return 0;
            }

            if (keeper.Kernels.Count > 0 && !parse.GetValue(yes) && !Confirm(keeper.Kernels))
            {
                return Output.Fail("nothing was stopped. 'holdfast keeper stop --yes' ends these kernels; 'holdfast ls' lists them.");
            }

            var count = keeper.Kernels.Count;
            await keeper.StopKeeperAsync(cancellationToken);
            Console.WriteLine($"The keeper has ended, and {count} {(count == 1 ? "kernel" : "kernels")} with it.");
            return 0;
        });
        return command;
    }

    private static bool Confirm(IReadOnlyCollection<KernelRecord> kernels)
    {
        Console.WriteLine($"This ends {kernels.Count} {(kernels.Count == 1 ? "kernel" : "kernels")} and what {(kernels.Count == 1 ? "it computes" : "they compute")}:");
        foreach (var kernel in kernels) Console.WriteLine($"  {KernelTexts.Document(kernel)}  {KernelTexts.State(kernel, TimeProvider.System)}");
        if (Console.IsInputRedirected) return false;
        Console.Write("End them? [y/N] ");
        return Console.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES";
    }
}
