using System.CommandLine;
using System.Text.Json;

namespace Holdfast.Cli.Doctor;

/// <summary><c>holdfast doctor</c>: what is missing, and how to mend it.</summary>
internal static class DoctorVerb
{
    public static Command Create()
    {
        var format = Output.Format();
        var command = new Command("doctor", "Say what is there, what is missing, and how to mend it. Exit code 1 when something must be mended.") { format };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var findings = await Checkup.RunAsync(cancellationToken);
            if (parse.GetValue(format) == "json") WriteJson(findings);
            else WriteText(findings);
            return findings.Any(finding => finding.Grade == Grade.Bad) ? 1 : 0;
        });
        return command;
    }

    private static void WriteText(IReadOnlyList<Finding> findings)
    {
        foreach (var finding in findings)
        {
            var mark = finding.Grade switch { Grade.Good => "ok  ", Grade.Note => "note", _ => "BAD " };
            Console.WriteLine($"{mark}  {finding.Subject}: {finding.Text}");
            if (finding.Mend is { } mend) Console.WriteLine($"      mend: {mend}");
        }
    }

    private static void WriteJson(IReadOnlyList<Finding> findings)
    {
        using var stdout = Console.OpenStandardOutput();
        using (var json = new Utf8JsonWriter(stdout, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartArray();
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
        }

        stdout.WriteByte((byte)'\n');
    }
}
