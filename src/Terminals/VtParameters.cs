namespace Holdfast.Terminals;

/// <summary>The numbers of a control sequence, at most 32. Those that follow a colon belong to the one before them.</summary>
internal sealed class VtParameters
{
    private const int Most = 32;

    private readonly int[] _values = new int[Most];
    private readonly bool[] _belongs = new bool[Most];
    private bool _full;

    public int Count { get; private set; }

    /// <summary>The number at this place; 0 when it is absent.</summary>
    public int this[int index] => index < Count ? _values[index] : 0;

    /// <summary>The same, at least 1: how often to do something.</summary>
    public int Times(int index = 0) => Math.Max(1, this[index]);

    public bool Belongs(int index) => index < Count && _belongs[index];

    public void Clear() => (Count, _values[0], _belongs[0], _full) = (1, 0, false, false);

    public void Next(bool belongs)
    {
        if (Count == Most) _full = true;
        else (_values[Count], _belongs[Count++]) = (0, belongs);
    }

    public void Digit(int digit)
    {
        if (!_full) _values[Count - 1] = (int)Math.Min(int.MaxValue / 2, (long)_values[Count - 1] * 10 + digit);
    }
}
