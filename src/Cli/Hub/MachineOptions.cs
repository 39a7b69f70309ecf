using System.CommandLine;
using System.Text.Json;

namespace Holdfast.Cli.Hub;

/// <summary>What a machine is to be, on the command line of <c>create</c> and <c>change</c>.</summary>
internal sealed class MachineOptions
{
    private const string Never = "never";

    private readonly Option<string?> _image = new("--image") { Description = "A container image, as docker.io/library/python:3.12. Default none: this computer's own system.", HelpName = "IMAGE" };
    private readonly Option<string?> _engine = new("--engine") { Description = "host, podman or slurm (a node of the cluster). Default podman with an image, else host.", HelpName = "NAME" };
    private readonly Option<string?> _type = new("--type") { Description = "What it may use, as 'holdfast machine types' lists it.", HelpName = "TYPE" };
    private readonly Option<string?> _git = new("--git") { Description = "A git repository that is cloned into /notebooks at the first start.", HelpName = "URL" };
    private readonly Option<string[]> _environment = new("--env") { Description = "A variable of all that runs in it. May be given several times.", HelpName = "NAME=VALUE" };
    private readonly Option<string[]> _secrets = new("--secret") { Description = "A secret that it gets as a variable, see 'holdfast secret'. May be given several times.", HelpName = "NAME" };
    private readonly Option<bool?> _autostart = new("--autostart") { Description = "Start it with the hub; 'false' takes that back.", Arity = ArgumentArity.ZeroOrOne, CustomParser = result => result.Tokens is not [{ Value: "false" }], HelpName = "[BOOL]" };

    private readonly Option<string?> _idleTimeout = Timeout("--idle-timeout", "Stop it when nothing has worked in it, and nobody has done anything, for so long, as 2h; 'never'; '' for the hub's default.");
    private readonly Option<string?> _timeLimit = Timeout("--time-limit", "Stop it so long after its start, whatever it does, as 12h; 'never'; '' for the hub's default.");
    private readonly Option<string?> _onLoss = new("--on-loss") { Description = "What such a stop does that would lose something: stop all the same, keep it first, or wait. '' for the hub's default, which is to wait.", HelpName = "keep|stop|wait" };

    public MachineOptions() => _environment.Validators.Add(result =>
    {
        if (result.Tokens.FirstOrDefault(token => token.Value.IndexOf('=', StringComparison.Ordinal) < 1) is { } wrong) result.AddError($"--env is NAME=VALUE, not '{wrong.Value}'.");
    });

    public Symbol[] All => [_image, _engine, _type, _git, _environment, _secrets, _autostart, _idleTimeout, _timeLimit, _onLoss];

    /// <summary>Writes what was said as fields of the API; whether anything was. An empty value takes a field away.</summary>
    public bool Write(Utf8JsonWriter json, ParseResult parse)
    {
        var any = false;
        foreach (var (name, option) in new[] { ("image", _image), ("engine", _engine), ("type", _type), ("git", _git), ("on_loss", _onLoss) })
        {
            if (parse.GetValue(option) is not { } value) continue;
            any = true;
            if (value.Length == 0) json.WriteNull(name);
            else json.WriteString(name, value);
        }
        if (parse.GetValue(_environment) is { Length: > 0 } variables)
        {
            any = true;
            json.WriteStartObject("environment");
            foreach (var (variable, value) in variables.Select(word => word.Split('=', 2)).Select(word => (word[0], word[1])).GroupBy(word => word.Item1).Select(group => group.Last()))
            {
                if (value.Length == 0) json.WriteNull(variable);
                else json.WriteString(variable, value);
            }
            json.WriteEndObject();
        }
        if (parse.GetValue(_secrets) is { Length: > 0 } secrets)
        {
            any = true;
            json.WriteStartArray("secrets");
            foreach (var secret in secrets.Where(secret => secret.Length > 0)) json.WriteStringValue(secret);
            json.WriteEndArray();
        }
        if (parse.GetValue(_autostart) is { } autostart)
        {
            any = true;
            json.WriteBoolean("auto_start", autostart);
        }
        foreach (var (name, option) in new[] { ("idle_timeout", _idleTimeout), ("time_limit", _timeLimit) })
        {
            if (parse.GetValue(option) is not { } value) continue;
            any = true;
            if (value.Length == 0) json.WriteNull(name);
            else json.WriteNumber(name, value == Never ? 0 : Age.Parse(value)!.Value.TotalSeconds);
        }
        return any;
    }

    private static Option<string?> Timeout(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "TIME" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: { Length: > 0 } value }] && value != Never && Age.Parse(value) is null) result.AddError($"{name} {Age.Problem(value)} 'never' turns it off.");
        });
        return option;
    }
}
