using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Images;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast image check</c>.</summary>
internal static class ImageCheckVerb
{
    public static Command Create()
    {
        var image = Asking.Image();
        var command = new Argument<string[]>("-- COMMAND") { Description = "Program and arguments.", Arity = ArgumentArity.ZeroOrMore };
        var script = new Option<string?>("--script") { Description = "Run the import lines of this script or notebook (.py or .ipynb).", HelpName = "FILE" };
        var outside = new Option<bool>("--outside") { Description = "Run the same on this computer, too, and show what differs." };
        var format = Output.Format();
        return Asking.Verb("check", "Run a command in an image, in a container that is gone afterwards: whether what a script imports is there, whether a program starts. Ends with 0 when it passes, else with 1.", async (parse, hub, cancellationToken) =>
        {
            var words = parse.GetValue(command) ?? [];
            if ((words.Length > 0) == (parse.GetValue(script) is not null)) return Output.Fail("a check needs a command after --, or --script FILE.");
            if (parse.GetValue(script) is { } file)
            {
                var (imports, problem) = ScriptImports.OfFile(file);
                if (imports is not { Count: > 0 }) return Output.Fail(problem ?? $"{file} imports nothing. Name a command after --.");
                words = [.. ImportRun.Command(imports)];
            }
            var reply = await hub.SendAsync(HttpMethod.Post, "images/check", new CheckRequest(parse.GetValue(image)!, words), HubJson.Default.CheckRequest, cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            var inside = reply.Read(HubJson.Default.CheckedImage);
            var here = parse.GetValue(outside) ? await RunAsync(words, cancellationToken) : null;
            if (parse.GetValue(format) == "json") Write(reply, here);
            else
            {
                if (here is not null) Say("this computer", here.ExitCode, here.Text);
                Say(inside.Image, inside.ExitCode, inside.Output);
            }
            return inside.Passed ? 0 : 1;
        }, image, command, script, outside, format);
    }

    private static void Say(string where, int code, string output)
    {
        Console.WriteLine($"{where}: {(code == 0 ? Output.Paint("passed", 32) : Output.Paint($"failed with exit code {code}", 31))}");
        foreach (var line in output.TrimEnd().Split('\n').Where(line => line.Length > 0)) Console.WriteLine($"  | {MachineTexts.Plain(line.TrimEnd('\r'))}");
    }

    private static void Write(HubReply reply, Outside? here) => Output.Json(json =>
    {
        using var inside = JsonDocument.Parse(reply.Body);
        json.WriteStartObject();
        foreach (var field in inside.RootElement.EnumerateObject()) field.WriteTo(json);
        if (here is not null)
        {
            json.WriteStartObject("outside");
            json.WriteBoolean("passed", here.ExitCode == 0);
            json.WriteNumber("exit_code", here.ExitCode);
            json.WriteString("output", here.Text);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    });

    private static async Task<Outside> RunAsync(string[] words, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(words[0], words.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
            process.StandardInput.Close();
            var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
            var text = await output + await error;
            await process.WaitForExitAsync(cancellationToken);
            return new Outside(process.ExitCode, text);
        }
        catch (Win32Exception fault)
        {
            return new Outside(127, fault.Message);
        }
    }

    private sealed record Outside(int ExitCode, string Text);
}
