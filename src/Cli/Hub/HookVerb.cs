using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast hook</c>: the scripts that run when a machine starts.</summary>
internal static class HookVerb
{
    /// <summary>As a shell inside reads them.</summary>
    private static readonly Dictionary<string, string> Paths = new()
    {
        ["team"] = "/storage/pre-run.sh",
        ["home"] = "$HOME/.holdfast/pre-run.sh",
        ["notebooks"] = "/notebooks/pre-run.sh",
    };

    /// <summary>The exit code of what looks inside, when there is none.</summary>
    private const int NoHook = 44;

    public static Command Create() => new("hook", "Start-up scripts of machines: the team's (/storage/pre-run.sh), yours (~/.holdfast/pre-run.sh), a machine's (/notebooks/pre-run.sh).") { Show(), Approve(), Edit(), Run() };

    private static Command Show()
    {
        var (hook, machine, format) = (Hook(), Machine("To show home or notebooks: a running machine with it."), Output.Format());
        return Asking.Verb("show", "Print a hook; of the team's also whether it is approved, and how it differs from what was approved last.", async (parse, hub, cancellationToken) =>
        {
            if (parse.GetValue(hook) is var name && name != "team") return await ShowInsideAsync(hub, name!, parse.GetValue(machine), parse.GetValue(format) == "json", cancellationToken);
            var reply = await hub.GetAsync("hooks/team", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var view = reply.Read(HubJson.Default.HookView);
            Console.WriteLine(view.Text is null ? $"There is no {Paths["team"]}." : view.IsApproved ? $"{Paths["team"]} is approved." : $"{Paths["team"]} is not approved: it does not run. '{Surroundings.Program} hook approve' shows it and asks.");
            Write(view);
            return 0;
        }, hook, machine, format);
    }

    private static Command Approve()
    {
        var yes = Asking.Yes("Approve what is there now without asking.");
        return Asking.Verb("approve", "Show how the team's hook differs from what was approved last, and approve it: it runs in everybody's machine from then on. For administrators.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.GetAsync("hooks/team", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            var view = reply.Read(HubJson.Default.HookView);
            if (view.Hash is not { } hash) return Output.Fail($"there is no {Paths["team"]}. '{Surroundings.Program} hook edit team' writes one.");
            if (view.IsApproved)
            {
                Console.WriteLine("It is approved already.");
                return 0;
            }
            Write(view);
            if (!parse.GetValue(yes) && !Asking.Ask("Let this run in everybody's machine?"))
            {
                Output.Fail("it was not approved. 'holdfast hook approve --yes' approves what is there without asking.");
                return Asking.WouldLose;
            }
            var done = await hub.SendAsync(HttpMethod.Post, "hooks/team/approve", new ApproveRequest(hash), HubJson.Default.ApproveRequest, cancellationToken);
            if (done.Fault is not null) return Asking.Fail(done);
            Console.WriteLine("It is approved, and runs at the next start of every machine.");
            return 0;
        }, yes);
    }

    private static Command Edit()
    {
        var (hook, machine) = (Hook(), Machine("To edit home or notebooks: a running machine with it."));
        return Asking.Verb("edit", "Edit a hook with $VISUAL or $EDITOR. The team's is to be approved then.", async (parse, hub, cancellationToken) =>
        {
            if (parse.GetValue(hook) is var name && name != "team")
                return await InsideAsync(hub, name!, parse.GetValue(machine), "mkdir -p \"$(dirname \"$hook\")\" && exec ${VISUAL:-${EDITOR:-vi}} \"$hook\"", cancellationToken);
            var reply = await hub.GetAsync("hooks/team", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            var view = reply.Read(HubJson.Default.HookView);
            var folder = Directory.CreateTempSubdirectory("holdfast-hook-");
            try
            {
                var file = Path.Combine(folder.FullName, "pre-run.sh");
                await File.WriteAllTextAsync(file, view.Text ?? "", cancellationToken);
                if (EditFile(file) is { } problem) return Output.Fail(problem);
                var text = await File.ReadAllTextAsync(file, cancellationToken);
                if (text == (view.Text ?? ""))
                {
                    Console.WriteLine("Nothing was changed.");
                    return 0;
                }
                var done = await hub.SendAsync(HttpMethod.Put, "hooks/team", new HookRequest(text, view.Hash), HubJson.Default.HookRequest, cancellationToken);
                if (done.Fault is not null) return Asking.Fail(done);
                Console.WriteLine(done.Read(HubJson.Default.HookView).IsApproved ? "It is changed, to a text that is approved already." : $"It is changed. It runs when an administrator has approved it: '{Surroundings.Program} hook approve'.");
                return 0;
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }, hook, machine);
    }

    private static Command Run()
    {
        var (hook, machine) = (Hook(), Machine("The running machine to run it in."));
        machine.Required = true;
        return Asking.Verb("run", "Run a hook in a running machine, in this terminal, and end with its exit code: to try it. What it exports does not reach the lab.", (parse, hub, cancellationToken) =>
            InsideAsync(hub, parse.GetValue(hook)!, parse.GetValue(machine), "exec bash -e \"$hook\"", cancellationToken), hook, machine);
    }

    private static Argument<string> Hook()
    {
        var hook = new Argument<string>("HOOK") { Description = "team, home or notebooks." };
        hook.CompletionSources.Add([.. Paths.Keys]);
        hook.Validators.Add(result =>
        {
            if (!Paths.ContainsKey(result.Tokens[0].Value)) result.AddError($"HOOK is {string.Join(", ", Paths.Keys)}, not '{result.Tokens[0].Value}'.");
        });
        return hook;
    }

    private static Option<string?> Machine(string description) => new("--machine", "-m") { Description = description, HelpName = "NAME" };

    /// <summary>Runs a script of sh inside, in which <c>$hook</c> is the hook.</summary>
    private static Task<int> InsideAsync(HubClient hub, string hook, string? machine, string script, CancellationToken cancellationToken) =>
        machine is null
            ? Task.FromResult(Output.Fail($"the {hook} hook is in a machine: --machine names a running one."))
            : MachineExecVerb.RunAsync(hub, machine, ["/bin/sh", "-c", $"hook={Paths[hook]}; {script}"], cancellationToken);

    /// <summary>Prints a hook that is in a machine. That there is none is an answer, as it is of the team's.</summary>
    private static async Task<int> ShowInsideAsync(HubClient hub, string hook, string? machine, bool json, CancellationToken cancellationToken)
    {
        if (machine is null) return Output.Fail($"the {hook} hook is in a machine: --machine names a running one.");
        var (entry, code) = await MachineExecVerb.EntryAsync(hub, machine, ["/bin/sh", "-c", $"hook={Paths[hook]}; test -e \"$hook\" || exit {NoHook}; exec cat \"$hook\""], cancellationToken);
        if (entry is null) return code;
        using var process = Process.Start(new ProcessStartInfo(entry[0], entry.Skip(1)) { RedirectStandardOutput = true })!;
        var text = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode is not (0 or NoHook)) return process.ExitCode;
        var found = process.ExitCode == 0 ? text : null;
        if (json)
        {
            Output.Json(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("text", found);
                writer.WriteEndObject();
            });
            return 0;
        }
        foreach (var line in found is null ? [$"There is no {Paths[hook]}."] : found.TrimEnd('\n').Split('\n')) Console.WriteLine(MachineTexts.Plain(line));
        return 0;
    }

    private static string? EditFile(string file)
    {
        var editor = Surroundings.Variables.GetValueOrDefault("VISUAL") is { Length: > 0 } visual ? visual : Surroundings.Variables.GetValueOrDefault("EDITOR") is { Length: > 0 } plain ? plain : "vi";
        try
        {
            using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"exec {editor} \"$0\"", file]))!;
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"{editor} has ended with the code {process.ExitCode}; nothing was changed.";
        }
        catch (Win32Exception fault)
        {
            return fault.Message;
        }
    }

    private static void Write(HookView view)
    {
        foreach (var line in view.IsApproved ? view.Text!.TrimEnd('\n').Split('\n') : [.. view.Diff])
            Console.WriteLine(line is ['-', ..] && !view.IsApproved ? Output.Paint(MachineTexts.Plain(line), 31) : line is ['+', ..] && !view.IsApproved ? Output.Paint(MachineTexts.Plain(line), 32) : MachineTexts.Plain(line));
    }
}
