using System.Buffers;
using System.Text;

namespace Holdfast.Terminals;

/// <summary>
/// The states of a VT500 by Paul Flo Williams' description (vt100.net/emu/dec_ansi_parser), over UTF-8, with the choices xterm.js makes. What is not
/// finished is kept as it came, so that a snapshot in the middle of a sequence goes on in the middle of it.
/// </summary>
internal sealed class VtParser(TerminalScreen screen)
{
    /// <summary>A longer title, or longer numbers, are cut off.</summary>
    private const int LongestKept = 4096;
    private const byte Escape = 0x1B;

    private readonly ArrayBufferWriter<byte> _unfinished = new();
    private readonly VtParameters _parameters = new();
    private readonly byte[] _partial = new byte[4];
    private int _partialLength;
    private State _state;
    private char _prefix;
    private char _intermediate;
    private int _oscStart;

    private enum State
    {
        Ground,
        Escape,
        EscapeIntermediate,
        ControlEntry,
        ControlParameters,
        ControlIntermediate,
        ControlIgnored,
        /// <summary>A command to the system (OSC): a title and the like.</summary>
        System,
        /// <summary>A string that nobody here wants: DCS, SOS, PM, APC.</summary>
        String,
    }

    /// <summary>The bytes of what is not finished: of a sequence, then of a character.</summary>
    public void WriteUnfinished(IBufferWriter<byte> output)
    {
        if (_state != State.Ground) output.Write(_unfinished.WrittenSpan);
        output.Write(_partial.AsSpan(0, _partialLength));
    }

    public void Reset()
    {
        _state = State.Ground;
        _unfinished.ResetWrittenCount();
    }

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_partialLength == 0 && _state == State.Ground)
            {
                var plain = bytes.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E);
                if (plain < 0) plain = bytes.Length;
                if (plain > 0)
                {
                    screen.PrintAscii(bytes[..plain]);
                    bytes = bytes[plain..];
                    continue;
                }
            }

            if (_partialLength == 0 && bytes[0] < 0x80)
            {
                Take(bytes[0]);
                bytes = bytes[1..];
                continue;
            }

            bytes = bytes[Decode(bytes)..];
        }
    }

    /// <summary>Takes one character beyond ASCII, which may have begun in an earlier call; gives how many of these bytes belong to it.</summary>
    private int Decode(ReadOnlySpan<byte> bytes)
    {
        var before = _partialLength;
        var added = Math.Min(bytes.Length, _partial.Length - before);
        bytes[..added].CopyTo(_partial.AsSpan(before));
        var status = Rune.DecodeFromUtf8(_partial.AsSpan(0, before + added), out var rune, out var length);
        if (status == OperationStatus.NeedMoreData)
        {
            _partialLength = before + added;
            return added;
        }

        // A wrong byte behind a beginning that was kept: the beginning is one wrong character, the byte is looked at again.
        _partialLength = 0;
        Take(rune.Value);
        return Math.Max(0, length - before);
    }

    private void Take(int code)
    {
        // :: 1. What ends anything, in any state.
        if (code == Escape)
        {
            if (_state == State.System) EndSystem(complete: true);
            Begin(State.Escape, "\e"u8);
            return;
        }

        if (code is 0x18 or 0x1A || code is >= 0x80 and < 0xA0)
        {
            Anywhere(code);
            return;
        }

        // :: 2. What each state takes.
        switch (_state)
        {
            case State.Ground when code < 0x20:
                screen.Execute(code);
                return;
            case State.Ground:
                if (code != 0x7F) screen.Print(code);
                return;
            case State.System:
                if (code == 0x07) EndSystem(complete: true);
                else if (code >= 0x20 && code != 0x7F) Keep(code);
                return;
            case State.String:
                return;
        }

        if (code < 0x20)
        {
            screen.Execute(code);
            return;
        }

        if (code == 0x7F) return;
        if (code > 0x7F)
        {
            Reset();
            return;
        }

        Keep(code);
        TakeSequence((char)code);
    }

    private void TakeSequence(char code)
    {
        switch (_state)
        {
            case State.Escape or State.EscapeIntermediate when code < '0':
                (_state, _intermediate) = (State.EscapeIntermediate, _state == State.Escape ? code : '\xFF');
                break;
            case State.Escape when code is '[' or ']' or 'P' or 'X' or '^' or '_':
                Introduce(code);
                break;
            case State.Escape or State.EscapeIntermediate:
                var intermediate = _state == State.Escape ? '\0' : _intermediate;
                Reset();
                screen.Escape(intermediate, code);
                break;
            case State.ControlEntry or State.ControlParameters when code is >= '0' and <= '9':
                _state = State.ControlParameters;
                _parameters.Digit(code - '0');
                break;
            case State.ControlEntry or State.ControlParameters when code is ';' or ':':
                _state = State.ControlParameters;
                _parameters.Next(belongs: code == ':');
                break;
            case State.ControlEntry when code is >= '<' and <= '?':
                (_state, _prefix) = (State.ControlParameters, code);
                break;
            case State.ControlEntry or State.ControlParameters or State.ControlIntermediate when code < '0':
                (_state, _intermediate) = (State.ControlIntermediate, _intermediate == '\0' ? code : '\xFF');
                break;
            case State.ControlParameters or State.ControlIntermediate when code < '@':
                _state = State.ControlIgnored;
                break;
            case State.ControlIgnored:
                if (code >= '@') Reset();
                break;
            default:
                var (prefix, between) = (_prefix, _intermediate);
                Reset();
                screen.Control(prefix, between, code, _parameters);
                break;
        }
    }

    private void Anywhere(int code)
    {
        if (_state == State.System && code is 0x9C or 0x18 or 0x1A) EndSystem(complete: code == 0x9C);
        Reset();
        switch (code)
        {
            case 0x9B or 0x9D or 0x90 or 0x98 or 0x9E or 0x9F:
                Begin(State.Escape, "\e"u8);
                Keep(code - 0x40);
                Introduce((char)(code - 0x40));
                break;
            case 0x9C:
                screen.NotePrinted(0);
                break;
            default:
                screen.Execute(code);
                break;
        }
    }

    private void Introduce(char code)
    {
        (_prefix, _intermediate) = ('\0', '\0');
        _parameters.Clear();
        _state = code switch { '[' => State.ControlEntry, ']' => State.System, _ => State.String };
        _oscStart = _unfinished.WrittenCount;
        if (_state != State.String) return;
        // What is left out of a snapshot is what the string holds; so it goes on as one that is passed over.
        Begin(State.String, "\eX"u8);
    }

    private void Begin(State state, ReadOnlySpan<byte> introducer)
    {
        _state = state;
        _unfinished.ResetWrittenCount();
        _unfinished.Write(introducer);
    }

    private void Keep(int code)
    {
        if (_unfinished.WrittenCount < LongestKept) _unfinished.Advance(new Rune(code).EncodeToUtf8(_unfinished.GetSpan(4)));
    }

    private void EndSystem(bool complete)
    {
        if (complete && _unfinished.WrittenCount < LongestKept) screen.System(Encoding.UTF8.GetString(_unfinished.WrittenSpan[_oscStart..]));
        screen.NotePrinted(0);
        Reset();
    }
}
