// souk
