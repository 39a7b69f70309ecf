using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast service</c>: the hub as a service of systemd's.</summary>
internal static class ServiceVerb
{
    private const string Name = "holdfast-hub.service";

    public static Command Create() => new("service", "The hub as a service of systemd's: up with the computer, started anew when it ends.") { Install(), Remove() };

    private static Command Install()
    {
        var user = User();
        var print = new Option<bool>("--print") { Description = "Print the unit instead." };
        var data = HubVerb.Data();
        var arguments = new Argument<string[]>("-- OPTIONS") { Description = "Further options of 'holdfast hub', as --port 80.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("install", "Write the unit, and start it. Machines with --autostart come up with the computer; when the service ends, machines go on.") { arguments, user, data, print };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var own = parse.GetValue(user) || !Environment.IsPrivilegedProcess;
            // Nothing may be left to the surroundings of a service, which are others than those of a shell.
            var unit = ServiceUnit.Text(Environment.ProcessPath!, HubPlace.Of(parse.GetValue(data)).Folder, Surroundings.Home.StateFolder, parse.GetValue(arguments) ?? [], own);
            if (parse.GetValue(print))
            {
                Console.Write(unit);
                return 0;
            }
            if (Missing() is { } missing) return Output.Fail(missing);
            Directory.CreateDirectory(Path.GetDirectoryName(FileOf(own))!);
            await File.WriteAllTextAsync(FileOf(own), unit, cancellationToken);
            foreach (var words in (string[][])[["daemon-reload"], ["enable", Name], ["restart", Name]])
                if (await SystemctlAsync(own, words, cancellationToken) is { } problem) return Output.Fail(problem);
            Console.WriteLine($"{FileOf(own)} is written, and the hub runs. 'journalctl {(own ? "--user " : "")}-u {Name}' shows what it says, its link among it.");
            if (own) Console.WriteLine($"It ends when you log out, unless 'loginctl enable-linger {Environment.UserName}' was run.");
            return 0;
        });
        return command;
    }

    private static Command Remove()
    {
        var user = User();
        var command = new Command("remove", "Stop the service and remove the unit. Machines go on, and all data stays.") { user };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var own = parse.GetValue(user) || !Environment.IsPrivilegedProcess;
            if (!File.Exists(FileOf(own))) return Output.Fail($"there is no {FileOf(own)}.");
            if (Missing() is null && await SystemctlAsync(own, ["disable", "--now", Name], cancellationToken) is { } problem) return Output.Fail(problem);
            File.Delete(FileOf(own));
            if (Missing() is null) await SystemctlAsync(own, ["daemon-reload"], cancellationToken);
            Console.WriteLine($"{FileOf(own)} is removed. Machines that run go on; '{Surroundings.Program} hub' takes them up.");
            return 0;
        });
        return command;
    }

    private static Option<bool> User() => new("--user") { Description = "A service of yours alone. Default for all but root." };

    private static string FileOf(bool user) => user
        ? Path.Combine(Surroundings.Variables.GetValueOrDefault("XDG_CONFIG_HOME") is { Length: > 0 } config ? config : Path.Combine(Surroundings.Variables.GetValueOrDefault("HOME") ?? "/", ".config"), "systemd/user", Name)
        : Path.Combine("/etc/systemd/system", Name);

    /// <summary>What says that systemd does not run here; null when it does (sd_booted(3)).</summary>
    private static string? Missing() => Directory.Exists("/run/systemd/system") ? null : $"systemd does not run on this computer. '{Surroundings.Program} service install --print' shows the command that your own supervisor is to run.";

    private static async Task<string?> SystemctlAsync(bool user, string[] words, CancellationToken cancellationToken)
    {
        try
        {
            using var systemctl = Process.Start(new ProcessStartInfo("systemctl", user ? ["--user", .. words] : words) { RedirectStandardError = true })!;
            var errors = await systemctl.StandardError.ReadToEndAsync(cancellationToken);
            await systemctl.WaitForExitAsync(cancellationToken);
            return systemctl.ExitCode == 0 ? null : $"systemctl {string.Join(' ', words)} has failed: {errors.Trim()}";
        }
        catch (Win32Exception)
        {
            return "there is no systemctl here.";
        }
    }
}
