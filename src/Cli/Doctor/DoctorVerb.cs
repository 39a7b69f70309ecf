using System.CommandLine;

namespace Holdfast.Cli.Doctor;

/// <summary><c>holdfast doctor</c>: what is missing, and how to mend it.</summary>
internal static class DoctorVerb
{
    public static Command Create()
    {
        var format = Output.Format();
        var engine = new Option<string?>("--engine") { Description = "Look at this engine alone, and closer: slurm runs a short step on its idle nodes.", HelpName = "slurm" };
        engine.CompletionSources.Add("slurm");
        engine.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: not "slurm" and var word }]) result.AddError($"--engine is slurm, not '{word}'; the others are looked at without it.");
        });
        var data = new Option<string?>("--data") { Description = "With --engine: the hub's data folder, where that is not the usual one.", HelpName = "DIR" };
        var command = new Command("doctor", "Say what is there, what is missing, and how to mend it. Exit code 1 when something must be mended.") { format, engine, data };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var findings = parse.GetValue(engine) is null ? await Checkup.RunAsync(cancellationToken) : await SlurmDoctor.RunAsync(parse.GetValue(data), cancellationToken);
            var good = findings.All(finding => finding.Grade != Grade.Bad);
            if (parse.GetValue(format) == "json") WriteJson(good, findings);
            else WriteText(findings);
            return good ? 0 : 1;
        });
        return command;
    }

    private static void WriteText(IReadOnlyList<Finding> findings)
    {
        var width = findings.Max(finding => finding.Subject.Length);
        foreach (var finding in findings)
        {
            var mark = finding.Grade switch { Grade.Good => Output.Paint("ok  ", 32), Grade.Note => Output.Paint("note", 33), _ => Output.Paint("BAD ", 31) };
            Console.WriteLine($"{mark}  {finding.Subject.PadRight(width)}  {finding.Text}");
            if (finding.Mend is { } mend) Console.WriteLine($"{new string(' ', width + 8)}mend: {mend}");
        }
    }

    private static void WriteJson(bool good, IReadOnlyList<Finding> findings) => Output.Json(json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("ok", good);
        json.WriteStartArray("findings");
        foreach (var finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("subject", finding.Subject);
            json.WriteString("grade", finding.Grade switch { Grade.Good => "good", Grade.Note => "note", _ => "bad" });
            json.WriteString("text", finding.Text);
            json.WriteString("mend", finding.Mend);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
